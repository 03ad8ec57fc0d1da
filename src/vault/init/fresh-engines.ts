import { CliError } from "../../core/errors.ts";
import type { Writers } from "../../systems/world.ts";
import { mounts } from "../../wiring/mounts.ts";

/**
 * Notes which engines a Vault has that was just initialised: others that are there later are somebody's. Where it cannot be asked, as with a
 * root token that only a person can decrypt, nothing is noted, and only the types count that every Vault has.
 */
export async function noteFreshEngines(write: Writers): Promise<void> {
  if ((await write.keys.freshEngines()) !== undefined) return;
  const engines = await mounts(write, "sys/mounts").catch((error: unknown) => {
    if (error instanceof CliError) return [];
    throw error;
  });
  if (engines.length > 0) await write.keys.learnFreshEngines(Object.fromEntries(engines.map(({ path, type }) => [path, type])));
}
