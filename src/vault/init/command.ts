import type { Command } from "../../core/resource.ts";
import { word } from "../../core/shell.ts";
import type { InitSpec } from "./request.ts";

/**
 * Initialises Vault where no node is initialised; the answer goes into a new file that only its owner reads. The fields of a Vault that
 * unseals itself have other names: Vault's docs, `operator init`.
 */
export function initCommand({ shares, threshold, pgpKeys, rootTokenPgpKey }: InitSpec): Command {
  const pgp = (name: string): string => (pgpKeys.length === 0 ? "" : ` -${name}=${word(pgpKeys.join(","))}`);
  const root = rootTokenPgpKey === undefined ? "" : ` -root-token-pgp-key=${word(rootTokenPgpKey)}`;
  const lines = `
# Initialise Vault, once. The answer is given once: unseal keys and root token go to $keys.
initialised() { at "$1" vault operator init -status > /dev/null 2>&1; }
answers() { at "$1" vault status > /dev/null 2>&1 || [ $? -eq 2 ]; }
new=yes
for node in $(nodes); do
  within 300 answers "$node"
  if initialised "$node"; then new=no; fi
done
if [ "$new" = yes ]; then
  node=$(nodes | head -n 1)
  if at "$node" vault status -format=json | grep -q '"recovery_seal": true'; then
    set -- -recovery-shares=${shares} -recovery-threshold=${threshold}${pgp("recovery-pgp-keys")}
  else
    set -- -key-shares=${shares} -key-threshold=${threshold}${pgp("pgp-keys")}
  fi
  keep_keys at "$node" vault operator init -format=json${root} "$@"
fi`;
  return { lines: lines.trim(), needs: ["nodes", "keys", "vaultCa"] };
}
