import path from "node:path";
import type { FieldName } from "../../config/fields.ts";
import { table } from "../../config/keys.ts";
import type { Flags } from "../../config/sources.ts";
import { failure, kinds } from "../../errors.ts";
import { parted } from "../../systems/chart-values.ts";
import { stepIds } from "../../config/step-id.ts";
import type { Spec } from "../../config/spec.ts";
import { prompts } from "../render/prompts.ts";
import { openTerminal } from "../render/terminal.ts";
import type { Call, Run } from "./command.ts";
import { nextLines } from "../../run/next-lines.ts";
import { flagsOf, pairs, readPlan, toldAnew, type SavedPlan } from "../../run/plan/file.ts";
import { sameWorld } from "../../run/plan/compare.ts";
import { prepareForCluster } from "./prepare.ts";
import { boundSteps } from "../../run/bound-steps.ts";
import { stepsFor } from "../../run/which-steps.ts";
import { runWork } from "./run-steps.ts";
import { runFields } from "../../config/field-groups.ts";

/** Does what a plan says, if the plan would be made again as it is. */
export const run: Run = async (call) => {
  refuseOthers(call.flags);
  const plan = await readPlan(path.resolve(call.host.cwd, call.args[0] ?? ""));
  const answers = await askFor(plan, call);
  const own: Flags = Object.fromEntries(Object.entries(call.flags).filter(([name]) => !(pairs as readonly string[]).includes(name)));
  const flags: Flags = { ...flagsOf(plan.saved, (flag, key) => answers.get(`${flag} ${key}`) ?? ""), ...ownOf(plan, call), ...own };
  const again: Call = { ...call, flags };
  const prepared = await prepareForCluster(again, { flagsOnly: true });
  return await runWork(again, prepared, {
    steps: (spec) => boundSteps(ourSteps(plan, spec), spec),
    approve: async (planned, world) => sameWorld(plan, planned, await world.kube.clusterUid()),
    preflight: true,
    next: (world) => nextLines(prepared.spec, world, call.host.env),
  });
};

/** The steps that the plan was made of, in their order; it says no others. */
function ourSteps({ steps }: SavedPlan, spec: Spec): ReturnType<typeof stepsFor> {
  const ids = stepsFor(stepIds, spec);
  if (steps.length === ids.length && ids.every((id, index) => steps[index]?.id === id)) return ids;
  throw failure(kinds.badInput, {
    what: "The plan cannot be applied",
    why: `Its steps are not those of vault-k8s plan: ${ids.join(", ")}.`,
    fix: "Make the plan again.",
  });
}

/** What a plan never says: by a flag of apply, or by the environment. */
function ownOf({ saved }: SavedPlan, { flags, host: { env } }: Call): Flags {
  const said = toldAnew.flatMap((name) => {
    const { env: names = [] }: { readonly env?: readonly string[] } = table[name];
    const value = flags[name] ?? names.map((one) => env[one]).find((one) => one);
    return value === undefined ? [] : [[name, value] as const];
  });
  const [missing] = (saved.toldAnew ?? []).filter((flag) => !said.some(([name]) => table[name].flag === flag));
  if (missing === undefined) return Object.fromEntries(said);
  throw failure(kinds.usage, {
    what: `The plan was made with --${missing}, and apply is not told what that is`,
    why: "A plan never says what is run, nor where keys and tokens lie.",
    fix: `Say --${missing} again.`,
  });
}

/** What may differ from one machine to another; all else is in the plan. */
const allowed = new Set<string>([...runFields.filter((name) => name !== "config"), ...pairs, ...toldAnew, "preflight"]);

function refuseOthers(flags: Flags): void {
  const [other] = Object.keys(flags).filter((name) => !allowed.has(name));
  if (other === undefined) return;
  throw failure(kinds.usage, {
    what: `apply takes no --${table[other as FieldName].flag}`,
    why: "What is applied stands in the plan, and nothing else is.",
    fix: "Leave it out, or make another plan with it.",
  });
}

/** The values that the plan does not hold, from the command line or from a person. */
async function askFor({ saved }: SavedPlan, { flags, host }: Call): Promise<Map<string, string>> {
  const given = new Map<string, string>(
    pairs.flatMap((name) =>
      ((flags[name] ?? []) as readonly string[]).map(parted).map(({ key, value }) => [`${table[name].flag} ${key}`, value] as const),
    ),
  );
  const wanted = new Set(saved.asked.map(({ flag, key }) => `${flag} ${key}`));
  const [unknown] = [...given.keys()].filter((name) => !wanted.has(name));
  if (unknown !== undefined)
    throw failure(kinds.usage, { what: `The plan asks for no --${unknown}`, fix: "Leave it out, or make another plan with it." });
  const asking = prompts(openTerminal(host.streams, host.env, "auto"), flags["noInput"] === true, host.signal);
  for (const { flag, key } of saved.asked) {
    const name = `${flag} ${key}`;
    if (given.has(name)) continue;
    if (!asking.possible)
      throw failure(kinds.notConfirmed, {
        what: `The plan does not hold the value of --${flag} ${key}`,
        why: "It looks like a secret, and nobody is there to be asked.",
        fix: `Add --${flag} ${key}=VALUE.`,
      });
    given.set(name, await asking.hidden(`--${flag} ${key}:`));
  }
  return given;
}
