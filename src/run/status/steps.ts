import type { Readers, Writers } from "../../systems/world.ts";
import { CliError, NotYet } from "../../core/errors.ts";
import { inOrder } from "../../core/in-order.ts";
import type { Diff } from "../../core/resource.ts";
import type { BoundStep } from "../../core/step.ts";
import type { StepSurvey } from "./schema.ts";

/** How each step differs, all asked at once; the checks of a step are asked where nothing before it differs. */
export async function surveySteps(steps: readonly BoundStep<Readers, Writers>[], read: Readers): Promise<StepSurvey[]> {
  const surveys = await Promise.all(steps.map((step) => surveyStep(step, read)));
  const wired = surveys.every(({ state }) => state === "ok");
  return await Promise.all(
    surveys.map((survey, index) => (wired ? withChecks(survey, steps[index], read) : withoutChecks(survey, steps[index]))),
  );
}

async function surveyStep({ id, title, resources }: BoundStep<Readers, Writers>, read: Readers): Promise<StepSurvey> {
  const parts = await Promise.all(resources.map(async (resource) => describe(resource.id, await asked(() => resource.diff(read)))));
  const worst = order.find((state) => parts.some((part) => part.state === state)) ?? "ok";
  const details = parts.flatMap(({ state, detail }) => (state === worst && detail !== undefined ? [detail] : []));
  return { id, title, state: worst, detail: details.length === 0 ? undefined : [...new Set(details)].join("; ") };
}

const order: readonly StepSurvey["state"][] = ["failed", "conflict", "differs", "missing", "not ready"];

async function asked<T>(ask: () => Promise<T>): Promise<T | CliError> {
  try {
    return await ask();
  } catch (error) {
    if (error instanceof CliError) return error;
    throw error;
  }
}

function describe(id: string, diff: Diff | CliError): Pick<StepSurvey, "state" | "detail"> {
  if (diff instanceof CliError)
    return { state: diff instanceof NotYet ? "not ready" : "failed", detail: `${diff.message} (${diff.kind.code})` };
  if (diff.kind === "same") return { state: "ok", detail: diff.note };
  if (diff.kind === "conflict") return { state: "conflict", detail: diff.reason };
  if (diff.kind === "create") return { state: "missing", detail: id };
  if (diff.kind === "delete") return { state: "differs", detail: id };
  return { state: "differs", detail: `${id}: ${diff.changes.map(({ field }) => field).join(", ")}` };
}

/** Side by side; the first in order that does not pass is what is told. */
async function withChecks(survey: StepSurvey, step: BoundStep<Readers, Writers> | undefined, read: Readers): Promise<StepSurvey> {
  const findings = await inOrder((step?.checks ?? []).map((check) => asked(() => check.run(read))));
  for (const finding of findings) {
    if (finding instanceof CliError) return { ...survey, state: "failed", detail: `${finding.message} (${finding.kind.code})` };
    if (finding.kind === "unproven") return { ...survey, detail: finding.reason };
    if (finding.kind !== "pass") return { ...survey, state: finding.kind === "missing" ? "missing" : "failed", detail: finding.reason };
  }
  return survey;
}

// Proofs of what is not set up yet would only repeat what the steps say.
const withoutChecks = (survey: StepSurvey, step: BoundStep<Readers, Writers> | undefined): StepSurvey =>
  (step?.checks.length ?? 0) > 0 && step?.resources.length === 0
    ? { ...survey, state: "not ready", detail: "proved when the steps before it are ok" }
    : survey;
