import type { Command } from "../../core/resource.ts";
import { word } from "../../core/shell.ts";
import { shellText } from "../../core/shell-text.ts";
import type { RetiredRootSpec } from "./successor.ts";
import type { Sent } from "./lacking.ts";

/** What a person would type to retire the root token: the same proofs, then it revokes itself, and is proven to be gone. */
export function retireCommand({ adminAuth, sent }: RetiredRootSpec): Command {
  const lines = adminAuth === undefined ? [proofs("as_kept", sent), "retire_root"] : [proofs("vault", sent), afterLogin(adminAuth)];
  return { lines: lines.join("\n"), needs: ["vault", "keys"] };
}

/** @param successor the command of the script that calls vault with the token that takes over */
const proofs = (successor: string, sent: readonly Sent[]): string =>
  shellText("vault/retire-root.sh", {
    successor,
    proofs: { code: sent.map(({ path, capabilities }) => `  may ${[path, ...capabilities].map(word).join(" ")} &&`).join("\n") },
  });

const afterLogin = (mount: string): string =>
  shellText("vault/retire-after-login.sh", {
    path: `auth/${mount}/`,
    message: `The root token stays: VAULT_TOKEN is not of a login at auth/${mount}`,
  });
