import type { Command } from "../../core/resource.ts";
import { word } from "../../core/shell.ts";
import { shellText } from "../../core/shell-text.ts";
import type { RetiredRootSpec } from "./successor.ts";
import { aDay } from "./token-facts.ts";
import type { Sent } from "./lacking.ts";

/** What a person would type to retire the root token: the same proofs, then it revokes itself, and is proven to be gone. */
export function retireCommand({ adminAuth, sent }: RetiredRootSpec): Command {
  const lines =
    adminAuth === undefined ? [proofs("as_kept", aDay, sent), "retire_root"] : [proofs("vault", 0, sent), afterLogin(adminAuth)];
  return { lines: lines.join("\n"), needs: ["vault", "keys"] };
}

/**
 * @param successor the command of the script that calls vault with the token that takes over
 * @param least seconds that it has to live; a login may be short, since people log in again
 */
const proofs = (successor: string, least: number, sent: readonly Sent[]): string =>
  shellText("vault/retire-root.sh", {
    successor,
    least,
    proofs: { code: sent.map(({ path, capabilities }) => `  may ${[path, ...capabilities].map(word).join(" ")} &&`).join("\n") },
  });

const afterLogin = (mount: string): string =>
  shellText("vault/retire-after-login.sh", {
    path: `auth/${mount}/`,
    message: `The root token stays: VAULT_TOKEN is not of a login at auth/${mount}`,
  });
