import { word } from "../../core/shell.ts";
import { template } from "../../core/template.ts";
import { account } from "./manifests.ts";

/** How long a login of the schedule is good for. */
const ttl = "30m";

/** What the schedule reads in Vault, for the clusters as they are named by default. */
const readPolicy = (kvMount: string): string =>
  template("fleet-read-policy.hcl", { authPaths: "k8s-*", policies: "k8s-*", kvMount, kvPrefix: "k8s/" });

/** The commands that let the pod in: a policy that reads, and a role for its account alone. @param mount of the cluster that it runs in */
export function vaultCommands(
  { mount, role }: { readonly mount: string; readonly role: string },
  namespace: string,
  kvMount: string,
): string {
  const write = [
    "vault write",
    word(`auth/${mount}/role/${role}`),
    `bound_service_account_names=${account}`,
    `bound_service_account_namespaces=${word(namespace)}`,
    "audience=vault",
    `token_policies=${account}`,
    `token_ttl=${ttl}`,
    `token_max_ttl=${ttl}`,
  ].join(" ");
  return `vault policy write ${account} - <<'EOF'\n${readPolicy(kvMount).trimEnd()}\nEOF\n${write}\n`;
}
