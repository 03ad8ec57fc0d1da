import { checkCrossFieldRules } from "../../../config/cross-field-rules.ts";
import { resolveSettings, type Resolved } from "../../../config/resolve.ts";
import { specOf } from "../../../config/spec.ts";
import type { Flags } from "../../../config/sources.ts";
import { inCluster } from "../../../doctor/facts/in-cluster.ts";
import { inVault } from "../../../doctor/facts/in-vault.ts";
import { askedAt } from "../../found/ask.ts";
import { nobodyChooses, type Choose, type Given } from "../../found/choose.ts";
import { vaultFrom } from "../../found/place.ts";
import type { Followed } from "../../found/tally.ts";
import { wiringFrom } from "../../found/wiring.ts";
import { openWorld } from "../../../run/world/open.ts";
import { tokenShapes } from "../../../systems/token-shapes.ts";
import type { Readers } from "../../../systems/world.ts";
import { questionsAt } from "../../render/questions.ts";
import type { Call } from "../command.ts";
import type { ForCluster } from "../prepare.ts";
import { settledVault } from "../settled-vault.ts";
import { worldOptions } from "../world-options.ts";

/** Looks at the cluster and at Vault for a wiring that somebody made, and says what settings follow. Reads only. @throws CliError VK1007 where two answers fit and nobody can be asked */
export async function findSettings(call: Call, prepared: ForCluster): Promise<Followed> {
  const choose = chooserFor(call, prepared);
  const cluster = await looking(call, prepared, ({ kube }) => inCluster(kube));
  const place = await vaultFrom(cluster, givenOf(prepared.resolved), choose);
  const there = await withFlags(call, prepared, place.settings);
  const vault = await looking(call, there, inVault);
  const settle = async (more: Flags) => (await withFlags(call, prepared, { ...place.settings, ...more })).resolved.settings;
  const rest = await wiringFrom({ cluster, vault }, { given: givenOf(there.resolved), choose, settle });
  return {
    settings: { ...place.settings, ...rest.settings },
    rows: [...place.rows, ...rest.rows],
    notes: [...place.notes, ...rest.notes],
  };
}

/** The same call where these flags were typed too. @throws CliError where they contradict what was said */
export async function withFlags(call: Call, prepared: ForCluster, more: Flags): Promise<ForCluster> {
  const { env, cwd } = call.host;
  const given = await resolveSettings({ flags: { ...call.flags, ...more }, env, cwd, shapes: tokenShapes });
  const resolved = await settledVault(given, call.command.vault, call.host, prepared.terminal);
  checkCrossFieldRules(resolved);
  return { ...prepared, resolved, spec: specOf(resolved.settings) };
}

const givenOf = ({ settings, origins }: Resolved): Given => ({
  settings,
  isSaid: (name) => origins[name].kind !== "default" && origins[name].kind !== "unset",
});

async function looking<T>(call: Call, prepared: ForCluster, look: (read: Readers) => Promise<T>): Promise<T> {
  const world = await openWorld(prepared.spec, worldOptions(call, prepared));
  try {
    return await world.look(look);
  } finally {
    await world.close();
  }
}

/** A person at a terminal, or nobody. */
function chooserFor({ host }: Call, { prompts, terminal }: ForCluster): Choose {
  if (!prompts.possible) return nobodyChooses;
  return askedAt(questionsAt(terminal, host.streams.stdin, host.signal));
}
