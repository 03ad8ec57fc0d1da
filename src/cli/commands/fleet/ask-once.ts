import type { FleetWork } from "./over-fleet.ts";

/** A person who types is asked once, for all clusters; a pipeline is never asked. */
export const askOnce =
  (what: string): NonNullable<FleetWork["confirm"]> =>
  async ({ prompts, spec }, members) => {
    if (!prompts.possible || spec.run.yes || spec.run.dryRun) return;
    const { address, context = "" } = spec.vault;
    await prompts.confirm(`${what} ${members.length} clusters and to Vault at ${address ?? `context ${context}`}?`);
  };
