import type { KeyHolders } from "../../systems/world.ts";
import type { Spec } from "../../config/spec.ts";
import { decidedByFile } from "../../config/steering.ts";
import type { ExitCode } from "../../core/errors.ts";
import type { AppBoundStep } from "../../systems/step.ts";
import { boundSteps } from "../../run/bound-steps.ts";
import type { Observer } from "../../run/observer.ts";
import type { Script } from "../../run/script/script.ts";
import type { Work } from "../../run/work.ts";
import { jsonRenderer } from "../render/json.ts";
import type { Renderer } from "../render/renderer.ts";
import { noticeLines, requestLines } from "../render/asides.ts";
import { textRenderer } from "../render/text.ts";
import type { Call } from "./command.ts";
import { commandLinesFor } from "./command-lines.ts";
import { askingHolders } from "./key-holders.ts";
import { prepareForCluster, type ForCluster } from "./prepare.ts";
import { systemsOf } from "./world-options.ts";
import { typedAgainIn } from "./typed-again.ts";

/** What a command adds to a run of its steps. */
export interface CommandWork extends Pick<Work, "preflight" | "approve" | "around" | "ahead" | "next" | "exit" | "done"> {
  readonly steps: (spec: Spec) => Promise<readonly AppBoundStep[]>;
  /** `approve` asks by itself; nobody is asked a second time. */
  readonly asked?: boolean;
  /** Sees all that happens, besides the person. */
  readonly also?: Observer;
  /** Who gives unseal keys; left out, a person at the terminal does, if there is one. */
  readonly holders?: KeyHolders | undefined;
}

/** Runs the steps that the command names. */
export const run = async (call: Call): Promise<ExitCode> =>
  runWork(call, await prepareForCluster(call), { steps: (spec) => boundSteps(call.command.steps, spec) });

/** Runs steps for a person at a terminal, or for what reads the documents of -o json. */
export async function runWork(call: Call, prepared: ForCluster, work: CommandWork): Promise<ExitCode> {
  const { spec, prompts, resolved } = prepared;
  const { steps: stepsOf, asked = false, also, holders, ...rest } = work;
  const steps = await stepsOf(spec);
  const script = spec.run.printCommands ? (await import("../../run/script/script-of.ts")).scriptOf(call.command.name, spec) : undefined;
  const renderer = rendererFor(call, prepared, script);
  const { run: runOnce } = await import("../../run/run.ts");
  const observer = observerFor(prepared, renderer, also);
  const systems = { ...systemsOf(call, prepared), holders: holders ?? askingHolders(prompts, renderer.makeWay) };
  try {
    const outcome = await runOnce(spec, systems, (event) => observer(typedAgainIn(event, call)), {
      ...rest,
      steps,
      commandLines: commandLinesFor(call),
      missingIs: call.command.missingIs,
      from: decidedByFile(resolved.origins),
      opened: script?.reach,
      consent: consenting(prepared, renderer),
      confirm: asked ? undefined : confirmation(call, prepared, renderer),
    });
    return outcome.exitCode;
  } finally {
    renderer.makeWay();
  }
}

function rendererFor({ command, host }: Call, { spec, terminal }: ForCluster, script: Script | undefined): Renderer {
  if (spec.run.output !== "json") return textRenderer(terminal, { ...spec.run, script });
  const renderer = jsonRenderer(command.name, terminal.out, script);
  host.onRun(renderer.soFar);
  return renderer;
}

function observerFor({ spec, terminal }: ForCluster, { event: rendered, makeWay }: Renderer, also: Observer | undefined): Observer {
  const request = spec.run.verbose ? requestLines(terminal, makeWay) : undefined;
  const notice = noticeLines(terminal, makeWay);
  return (event) => {
    if (event.type === "request") request?.(event.method, event.target);
    if (event.type === "notice") notice(event.message);
    rendered(event);
    also?.(event);
  };
}

/** --yes is about writing at all; what others would lose by it is asked still, or said with a flag of its own. */
function consenting({ prompts, spec }: ForCluster, { makeWay }: Renderer): Work["consent"] {
  if (!prompts.possible || spec.run.yes) return undefined;
  return (reason, question) => {
    makeWay();
    return prompts.agrees(`${reason}. ${question}`);
  };
}

/** A person who types sees the target first and is asked once; a pipeline is never asked. */
function confirmation({ command }: Call, { prompts, spec }: ForCluster, { makeWay }: Renderer): Work["confirm"] {
  if (!prompts.possible || spec.run.yes || command.vault !== "choose") return undefined;
  return async ({ kube }) => {
    makeWay();
    await prompts.confirm(`Write to context ${kube.context} and to Vault?`);
  };
}
