import type { OpenOptions } from "../../../run/world/open.ts";
import { leftIn, refuseUnknown, whyNotKnown } from "../../../fleet/left.ts";
import { tableNotices, unlessRefused } from "../../../fleet/mount-table.ts";
import { authTable, prune } from "../../../fleet/prune.ts";
import type { CallWith } from "../command.ts";
import type { fleetApplyOptions } from "../own-options.ts";
import { worldOptions } from "../world-options.ts";
import { confirmCount } from "./confirm-count.ts";
import type { PreparedFleet } from "./prepare-fleet.ts";

/**
 * What is to be known of Vault's table before a fleet is written to it, and of clusters that have left; with --prune these go, after their number
 * was confirmed.
 * @throws CliError VK1001 where --prune refuses
 */
export async function leaving(call: CallWith<typeof fleetApplyOptions>, prepared: PreparedFleet): Promise<readonly string[]> {
  const { prune: wanted = false, confirm } = call.options;
  const { inventory, spec } = prepared;
  if (wanted) refuseUnknown(inventory);
  const options: OpenOptions = worldOptions(call, prepared);
  const found = await authTable(spec, options).catch((error: unknown) => (wanted ? Promise.reject(error as Error) : unlessRefused(error)));
  if (found === undefined) return [];
  const { all, storage } = found;
  const known = new Set(all.map(({ path }) => path));
  const table = tableNotices(all, inventory.clusters.filter(({ name }) => !known.has(`k8s-${name}`)).length, storage);
  const left = whyNotKnown(inventory) === undefined ? leftIn(inventory, all) : [];
  const names = left.map(({ path }) => `auth/${path}`).join(", ");
  if (!wanted)
    return left.length === 0
      ? table
      : [...table, `${left.length} clusters have left the fleet: ${names}. --prune takes what is theirs away from Vault.`];
  if (left.length > 0) prepared.terminal.err(`--prune takes away from Vault, with the policies that bear their mark: ${names}\n`);
  await confirmCount(prepared, confirm, left.length, "clusters have left the fleet and are taken away from Vault");
  if (left.length === 0 || spec.run.dryRun) return table;
  const { gone, stays } = await prune(spec, options, left);
  return [
    ...table,
    ...(gone.length === 0 ? [] : [`Taken away from Vault: ${gone.join(", ")}.`]),
    ...(stays.length === 0 ? [] : [`Left alone: ${stays.join("; ")}. vault delete auth/MOUNT/role/NAME takes a role away.`]),
  ];
}
