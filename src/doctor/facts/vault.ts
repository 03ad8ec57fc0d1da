import type { Asked, EngineFact } from "../../consumers/diagnosis/evidence.ts";
import { fact, type Fact } from "../../core/fact.ts";
import type { Readers } from "../../systems/world.ts";
import { mounts } from "../../wiring/mounts.ts";

/** Vault as a whole: throws why it cannot be asked. */
export const reachVault = async ({ vault }: Readers): Promise<string> => {
  await vault.get("sys/auth");
  return vault.describe();
};

export async function engineFact(read: Readers, { kvMount }: Asked): Promise<EngineFact | undefined> {
  const found = (await mounts(read, "sys/mounts")).find(({ path }) => path === kvMount);
  return found && { type: found.type, version: found.options?.version ?? "1" };
}

export async function policyTexts({ vault }: Readers, { policies }: Asked): Promise<Record<string, string | undefined>> {
  const read = async (name: string) => [name, (await vault.get(`sys/policies/acl/${name}`))?.data["policy"]] as const;
  // One that says nothing is there all the same.
  const texts = (await Promise.all(policies.map(read))).map(([name, policy]) => [name, typeof policy === "string" ? policy : undefined]);
  return Object.fromEntries(texts) as Record<string, string | undefined>;
}

/** How far Vault's clock is ahead of the API server's. */
export async function clockFact({ nodes, kube }: Readers): Promise<Fact<number>> {
  return fact(async () => {
    const [first] = (await nodes.nodes()).filter(({ phase }) => phase === "Running");
    const [vault, server] = await Promise.all([first === undefined ? undefined : nodes.facts(first), kube.serverFacts()]);
    return (vault?.clockAheadMs ?? 0) - (server.clockAheadMs ?? 0);
  });
}
