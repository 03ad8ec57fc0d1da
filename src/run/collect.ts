import type { RunEvent } from "../core/converge.ts";
import type { Counts, PlanDocument, RunDocument, StepDocument } from "./plan/schema.ts";
import type { Renderer, Summary, Target } from "./observer.ts";
import type { Script } from "./script/script.ts";

/** What a run did so far, as an error document shows it. */
export interface SoFar {
  readonly command: string;
  readonly target?: Target | undefined;
  readonly steps: readonly StepDocument[];
}

type Content<D> = Omit<D, "apiVersion" | "kind">;

/** Gathers what happens into a document. */
export interface Collector extends Pick<Renderer, "target" | "event"> {
  soFar(): SoFar;
  plan(summary: Summary): Content<PlanDocument>;
  run(summary: Summary): Content<RunDocument>;
}

/** @param script given where the commands are asked for too */
export function collector(command: string, script?: Script): Collector {
  let target: Target | undefined;
  let lines = "";
  const steps: StepDocument[] = [];
  const common = ({ exitCode }: Summary) => {
    const counts = countsOf(steps);
    return {
      command,
      ...(target !== undefined && { target }),
      steps,
      counts,
      changed: counts.create + counts.update + counts.delete,
      ...(script !== undefined && { script: lines }),
      exitCode,
    };
  };
  return {
    target: (given) => void (target = given),
    event: (event) => {
      collect(event, steps);
      if (event.type === "resource" && event.command !== undefined && script !== undefined) lines += script.add(event.command);
    },
    soFar: () => ({ command, target, steps }),
    plan: (summary) => ({ ...common(summary), notices: [...summary.notices] }),
    run: (summary) => ({ ...common(summary), notices: [...summary.notices], next: [...summary.next] }),
  };
}

function collect(event: RunEvent, steps: StepDocument[]): void {
  if (event.type === "step") return void steps.push({ id: event.id, title: event.title, resources: [], checks: [] });
  if (event.type === "progress") return;
  const step = steps.at(-1);
  if (event.type === "resource")
    step?.resources.push({
      id: event.id,
      result: event.result,
      changes: [...event.changes],
      ...(event.note !== undefined && { note: event.note }),
    });
  else step?.checks.push({ id: event.id, title: event.title, ...findingOf(event) });
}

function findingOf({
  finding,
}: Extract<RunEvent, { type: "check" }>): Pick<StepDocument["checks"][number], "result" | "detail" | "reason" | "fix"> {
  if (finding.kind !== "pass") return { result: finding.kind, reason: finding.reason, fix: finding.fix };
  return { result: "pass", ...(finding.detail !== undefined && { detail: finding.detail }) };
}

/** How many resources had which result. */
function countsOf(steps: readonly StepDocument[]): Counts {
  const results = steps.flatMap(({ resources }) => resources.map(({ result }) => result));
  const count = (...wanted: readonly string[]): number => results.filter((result) => wanted.includes(result)).length;
  return {
    create: count("created", "would-create"),
    update: count("updated", "would-update"),
    delete: count("deleted", "would-delete"),
    unchanged: count("unchanged"),
    pending: count("pending"),
  };
}
