import { join } from "node:path";
import { execa } from "execa";
import type { ClusterName, LabState } from "../../api.ts";
import { reach } from "../vault.ts";

/** What came of reads and writes. */
export interface LoadResult {
  written: number;
  read: number;
  /** Exchanges that Vault refused, or that got no answer within two seconds. */
  failed: number;
  /** Writes that Vault took, and that were not what was read right after. */
  lost: number;
  /** The longest time without a write that was read back. */
  longestPauseMs: number;
  lastFailure: string;
}

export interface Load {
  /** Ends it, and says what came of it. */
  stop(): Promise<LoadResult>;
}

/** Writes to a cluster's Vault and reads back, through its load balancer, until it is stopped. */
export async function load(lab: LabState, cluster: ClusterName, token: string): Promise<Load> {
  const { VAULT_ADDR = "", VAULT_CACERT } = await reach(lab, cluster);
  const [program, ...args] = lab.onNetwork(["node", join(import.meta.dirname, "program.ts")]);
  const child = execa(program, args, {
    env: { ...lab.env, VAULT_ADDR, VAULT_TOKEN: token, ...(VAULT_CACERT !== undefined && { NODE_EXTRA_CA_CERTS: VAULT_CACERT }) },
    extendEnv: false,
    stdin: "pipe",
    reject: false,
  });
  return {
    stop: async () => {
      child.stdin.end();
      const { exitCode, stdout, stderr } = await child;
      if (exitCode !== 0) throw new Error(`the load ended with ${exitCode}: ${stderr}`);
      return JSON.parse(stdout) as LoadResult;
    },
  };
}
