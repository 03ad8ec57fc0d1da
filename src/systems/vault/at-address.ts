import type { Agent } from "node:http";
import { HttpFailure } from "../http/failure.ts";
import type { OnRequest } from "../http/http.ts";
import type { Proofs, VaultAt } from "../world.ts";
import { addressServer } from "./address.ts";
import type { ClientTls } from "./client-environment.ts";
import { health, isHealth } from "./health.ts";
import { interrupted } from "./refusal.ts";

export interface ProofOptions {
  /** The API server of the run, and the proxy that the kubeconfig names for it. */
  readonly apiServer?: { readonly server: string; readonly proxy: URL | undefined } | undefined;
  /** What the environment says of the way to a Vault at an address; its client certificate is not shown: pods have another one, or none. */
  readonly client?: ClientTls | undefined;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly signal?: AbortSignal | undefined;
  readonly onRequest?: OnRequest | undefined;
  /** In milliseconds. */
  readonly timeoutMs?: number | undefined;
}

/** What does not answer by then is no reason to wait longer: nothing rests on it. */
const withinMs = 5_000;

/** Whether a Vault answers at an address, asked from here for its health. Throws VK1004 for what is no address, VK1002 when interrupted. */
export async function vaultAt({ address, ca }: Parameters<Proofs["vaultAt"]>[0], options: ProofOptions): Promise<VaultAt> {
  const agents = new Set<Agent>();
  const { env, signal, onRequest, timeoutMs = withinMs, client: { proxy } = {} } = options;
  try {
    const state = await health(
      addressServer(address, {
        ca,
        client: { ...(proxy !== undefined && { proxy }) },
        env,
        signal,
        onRequest,
        agents,
        timeoutMs: Math.min(timeoutMs, withinMs),
      }),
    );
    if (isHealth(state)) return { kind: "vault", version: state.version };
    if (!(state instanceof HttpFailure)) return { kind: "none", reason: `what answers (${state.status}) is not Vault` };
    if (state.reason === "unknown-client") return { kind: "asks-for-certificate" };
    if (state.reason !== "aborted") return { kind: "none", reason: state.message };
  } finally {
    for (const agent of agents) agent.destroy();
  }
  throw interrupted();
}
