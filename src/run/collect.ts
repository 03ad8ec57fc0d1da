import type { Counts, PlanDocument, RunDocument, StepDocument } from "./plan/schema.ts";
import type { ClusterEvent, Observer, RunOutcome, Target } from "./observer.ts";
import type { Script } from "./script/script.ts";

/** What a run did so far, as an error document shows it. */
export interface SoFar {
  readonly command: string;
  readonly target?: Target | undefined;
  readonly steps: readonly StepDocument[];
}

type Content<D> = Omit<D, "apiVersion" | "kind">;

/** Gathers what happens into a document. */
export interface Collector {
  readonly event: Observer;
  soFar(): SoFar;
  plan(ended: Pick<RunOutcome, "exitCode" | "notices">): Content<PlanDocument>;
  run(ended: Pick<RunOutcome, "exitCode" | "notices" | "next">): Content<RunDocument>;
}

/** @param script given where the commands are asked for too */
export function collector(command: string, script?: Script): Collector {
  let target: Target | undefined;
  let lines = "";
  const steps: StepDocument[] = [];
  const common = ({ exitCode }: Pick<RunOutcome, "exitCode">) => {
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
    event: (event) => {
      if (event.type === "target") target = targetOf(event);
      else collect(event, steps);
      if (event.type === "resource" && event.command !== undefined && script !== undefined) lines += script.add(event.command);
    },
    soFar: () => ({ command, target, steps }),
    plan: (ended) => ({ ...common(ended), notices: [...ended.notices] }),
    run: (ended) => ({ ...common(ended), notices: [...ended.notices], next: [...ended.next] }),
  };
}

const targetOf = ({ type: _type, ...target }: Extract<ClusterEvent, { type: "target" }>): Target => target;

function collect(event: ClusterEvent, steps: StepDocument[]): void {
  if (event.type === "step") return void steps.push({ id: event.id, title: event.title, resources: [], checks: [] });
  const step = steps.at(-1);
  if (event.type === "resource")
    step?.resources.push({
      id: event.id,
      result: event.result,
      changes: [...event.changes],
      ...(event.note !== undefined && { note: event.note }),
    });
  if (event.type === "check") step?.checks.push({ id: event.id, title: event.title, ...findingOf(event) });
}

function findingOf({
  finding,
}: Extract<ClusterEvent, { type: "check" }>): Pick<StepDocument["checks"][number], "result" | "detail" | "reason" | "fix"> {
  if (finding.kind === "unproven") return { result: "unproven", reason: finding.reason };
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
