import type { Command } from "../../core/resource.ts";
import { shellText } from "../../core/shell-text.ts";

/** Unseals members, then lets the others join the active one. Each node is asked by itself; `vault operator unseal` would take the key from argv or a terminal. */
export const unsealCommand = (seconds: number): Command => ({
  lines: shellText("vault/unseal.sh", { seconds }),
  needs: ["nodes", "keys", "within", "vaultCa"],
});
