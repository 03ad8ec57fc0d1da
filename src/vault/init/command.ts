import type { Command } from "../../core/resource.ts";
import { word } from "../../core/shell.ts";
import { shellText } from "../../core/shell-text.ts";
import type { InitSpec } from "./request.ts";

/**
 * Initialises Vault where no node is initialised; the answer goes into a new file that only its owner reads. The fields of a Vault that
 * unseals itself have other names: Vault's docs, `operator init`.
 */
export function initCommand({ shares, threshold, pgpKeys, rootTokenPgpKey }: InitSpec): Command {
  const flag = (name: string, value: string | undefined) => ({ code: value ? ` -${name}=${word(value)}` : "" });
  const lines = shellText("vault/init.sh", {
    shares,
    threshold,
    pgp: flag("pgp-keys", pgpKeys.join(",")),
    recovery_pgp: flag("recovery-pgp-keys", pgpKeys.join(",")),
    root: flag("root-token-pgp-key", rootTokenPgpKey),
  });
  return { lines, needs: ["nodes", "keys", "vaultCa"] };
}
