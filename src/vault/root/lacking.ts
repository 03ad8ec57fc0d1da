import type { Readers } from "../../systems/world.ts";

/** A request that the tool sends, and what a policy has to allow for it. */
export interface Sent {
  readonly path: string;
  readonly capabilities: readonly string[];
}

/** What a token, or the run's own, may not do of what is sent: the paths, each with the capabilities that are missing. */
export async function lacking(read: Readers, token: string | undefined, sent: readonly Sent[]): Promise<readonly Sent[]> {
  const has = await read.vault.capabilities(
    sent.map(({ path }) => path),
    token,
  );
  return sent.flatMap(({ path, capabilities }) => {
    const found = has[path] ?? [];
    const missing = found.includes("root") ? [] : capabilities.filter((capability) => !found.includes(capability));
    return missing.length === 0 ? [] : [{ path, capabilities: missing }];
  });
}
