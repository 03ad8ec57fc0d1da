import type { Agent } from "node:http";
import type { Spec } from "../../config/spec.ts";
import { CliError } from "../../core/errors.ts";
import { kinds } from "../../errors.ts";
import { HttpFailure } from "../../systems/http/failure.ts";
import { addressServer } from "../../systems/vault/address.ts";
import { clientTls } from "../../systems/vault/client-environment.ts";
import type { VaultRoute } from "../../systems/vault/server.ts";
import { plan, type OpenOptions, type Plan } from "./choice.ts";
import { clusterIdOf } from "./cluster-id.ts";

/** Which Vault an exported address is rests on what it answers soon; in milliseconds. */
const answerMs = 5_000;

/**
 * Whether the Vault at an exported address is the one in pods that `spec`, which has no address, is about: it tells the cluster_id that stands
 * beside its keys. Asked without a token. What cannot be known is false: then it is an address as any other.
 * @throws CliError VK1002 when interrupted
 */
export async function isOwnVault(address: string, spec: Spec, options: OpenOptions): Promise<boolean> {
  let planned: Plan | undefined;
  try {
    // The run itself tells what is not looked at.
    planned = await plan(spec, { ...options, notice: undefined });
    const recorded = await planned.keys.vaultClusterId();
    if (recorded === undefined) return false;
    const ca = planned.ca ?? (await planned.trust());
    return (await clusterIdAt(address, { ...options, ca }).catch(silent(address, planned, options))) === recorded;
  } catch (error) {
    if (error instanceof CliError && error.kind === kinds.interrupted) throw error;
    return false;
  } finally {
    await Promise.all([...new Set([planned?.kube, planned?.vaultKube])].map((opened) => opened?.wire.close()));
  }
}

/** What bootstrap had a person export may be a port-forward that ended. */
const silent =
  (address: string, { env, keys }: Plan, { notice }: OpenOptions) =>
  (error: unknown): undefined => {
    if (!(error instanceof HttpFailure) || error.reason === "aborted") throw error;
    const name = exportedName(env) ?? "";
    notice?.(
      `At ${address}, which ${name} says, nothing answers. If the Vault is meant whose keys are kept in ${keys.describe()}: unset ${name}.`,
    );
  };

const exportedName = (env: Plan["env"]): string | undefined => ["VAULT_ADDR", "BAO_ADDR"].find((one) => env[one]);

/**
 * Why what the environment exports for a Vault is not for the one of this run, in words for people; undefined where it is: no address is
 * exported, or the Vault there is the same one.
 */
export async function whyForeign(planned: Plan, route: VaultRoute): Promise<string | undefined> {
  const { env, options, spec, ca, trust } = planned;
  const name = exportedName(env);
  const address = name === undefined ? undefined : env[name];
  if (address === undefined || spec.vault.address !== undefined) return undefined;
  const known = await clusterIdOf(await route.server());
  const there = async (): Promise<string | undefined> => clusterIdAt(address, { ...options, ca: ca ?? (await trust()) });
  if (known !== undefined && (await there().catch(() => undefined)) === known) return undefined;
  return `${name} is exported, and the Vault there is not known to be the one of this run`;
}

async function clusterIdAt(
  address: string,
  { ca, env = process.env, signal, onRequest, timeoutMs = answerMs }: OpenOptions & { readonly ca: string | undefined },
): Promise<string | undefined> {
  const agents = new Set<Agent>();
  try {
    const client = await clientTls(env).catch(() => ({}));
    const server = addressServer(address, { ca, client, env, signal, onRequest, agents, timeoutMs: Math.min(timeoutMs, answerMs) });
    return await clusterIdOf(server);
  } finally {
    for (const agent of agents) agent.destroy();
  }
}
