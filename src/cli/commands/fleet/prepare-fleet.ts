import path from "node:path";
import { homeOrNowhere } from "../../../core/home.ts";
import { isExplicit } from "../../../config/origin.ts";
import type { Resolved } from "../../../config/resolve.ts";
import { failure, kinds } from "../../../errors.ts";
import { fileSource } from "../../../fleet/inventory/from-file.ts";
import { contextsSource } from "../../../fleet/inventory/from-contexts.ts";
import type { Inventory } from "../../../fleet/inventory/inventory.ts";
import { allowedPrograms } from "../../../fleet/inventory/programs.ts";
import { readInventory, type FleetWish } from "../../../fleet/inventory/read.ts";
import { sourceOf } from "../../../fleet/inventory/sources.ts";
import { namesInVault } from "../../../fleet/vault-names.ts";
import type { CallWith } from "../command.ts";
import type { fleetOptions } from "../own-options.ts";
import { prepare, type Prepared } from "../prepare.ts";
import { worldOptions } from "../world-options.ts";

type FleetCall = CallWith<typeof fleetOptions>;

/** What every command about a fleet begins with. */
export interface PreparedFleet extends Prepared {
  readonly inventory: Inventory;
}

/** A cluster that does not answer within this is not waited for, in milliseconds. */
const answerMs = 10_000;

/**
 * Settles what a call about a fleet wants, and reads which clusters are of it.
 * @throws CliError VK1001 where no Vault or no cluster is said
 */
export async function prepareFleet(call: FleetCall): Promise<PreparedFleet> {
  const prepared = await prepare(call, { inFleet: true });
  requireVault(prepared.resolved);
  const { env, signal } = call.host;
  const options = worldOptions(call, prepared);
  const wish = wishOf(call, prepared);
  const { onRequest, notice, terminal } = options;
  const inventory = await readInventory(wish, { env, signal, onRequest, notice, terminal, home: homeOrNowhere(env), timeoutMs: answerMs });
  return { ...prepared, inventory };
}

/** An exported address says nothing: a fleet is written to the Vault that somebody named. */
function requireVault({ origins, settings }: Resolved): void {
  if (settings.vaultContext !== undefined || (settings.vaultAddr !== undefined && isExplicit(origins.vaultAddr))) return;
  throw failure(kinds.usage, {
    what: "Nothing says which Vault the fleet has",
    why: settings.vaultAddr === undefined ? "A fleet installs none." : "An exported VAULT_ADDR must not decide it.",
    fix: "Say it with --vault-addr or --vault-context, or in vault-k8s.yaml.",
  });
}

function wishOf(call: FleetCall, prepared: Prepared): FleetWish {
  const { options, host } = call;
  const { resolved, spec } = prepared;
  const file = resolved.file;
  const fleet = file?.fleet;
  const others = [
    ...(options.contexts === undefined ? [] : [contextsSource(options.contexts, undefined)]),
    ...(fleet?.sources ?? []).map(sourceOf),
  ];
  const clusters = file?.ofClusters ?? new Map();
  if (others.length === 0 && clusters.size === 0) throw noClusters();
  return {
    fleet: fleet?.name,
    sources: [fileSource({ clusters, besides: others.length > 0 }), ...others],
    kubeconfig: spec.kubernetes.kubeconfig,
    names: fleet?.names ?? {},
    trust: {
      env: host.env,
      programs: allowedPrograms(fleet?.exec ?? {}, options.allowExec ?? []),
      allowInsecure: options.allowInsecure === true || fleet?.allowInsecure === true,
    },
    narrow: { only: options.only ?? [], except: options.except ?? [], selector: options.selector },
    file: (named) => path.resolve(file?.folder ?? host.cwd, named),
    knownNames: () => namesInVault(spec, worldOptions(call, prepared)),
  };
}

const noClusters = (): Error =>
  failure(kinds.usage, {
    what: "Nothing says which clusters are of the fleet",
    fix: "Name contexts with --contexts 'prod-*', or sources in vault-k8s.yaml; docs/fleet.md begins with three clusters.",
  });
