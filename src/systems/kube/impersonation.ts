import { failure, kinds } from "../../errors.ts";
import type { HttpHeaders } from "../http/http.ts";
import type { UserEntry } from "./kubeconfig-shape.ts";

type AsSomebody = Partial<Pick<UserEntry, "as" | "as-uid" | "as-groups" | "as-user-extra">>;

/**
 * The headers by which a context acts as somebody else, whole: user, UID, each group and each extra value, which may narrow what that one
 * may do. https://kubernetes.io/docs/reference/access-authn-authz/authentication/#user-impersonation
 * @throws CliError VK1101 where no user is named beside the rest, as client-go refuses it.
 */
export function impersonation({ name, user }: { readonly name: string; readonly user: AsSomebody | undefined }): HttpHeaders {
  const { as, "as-uid": uid, "as-groups": groups, "as-user-extra": extra } = user ?? {};
  const rest = {
    ...(uid !== undefined && uid !== "" && { "Impersonate-Uid": uid }),
    ...(groups != null && groups.length > 0 && { "Impersonate-Group": groups }),
    ...Object.fromEntries(Object.entries(extra ?? {}).map(([key, values]) => [`Impersonate-Extra-${escaped(key)}`, values])),
  };
  if (as !== undefined && as !== "") return { "Impersonate-User": as, ...rest };
  if (Object.keys(rest).length === 0) return {};
  throw failure(kinds.kubeconfig, {
    what: `Context ${name} has as-uid, as-groups or as-user-extra, and no user to act as`,
    why: "kubectl refuses that too.",
    fix: "Add as: NAME to the user in the kubeconfig, or take the others out.",
  });
}

/** Characters that no header's name may have, and the percent sign, are percent-encoded: client-go, transport/round_trippers.go. */
const escaped = (key: string): string =>
  encodeURIComponent(key.toLowerCase()).replace(/[()]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`);
