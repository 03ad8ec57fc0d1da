import { inspect } from "node:util";
import { expect } from "vitest";
import type { Readers, Writers } from "../../src/systems/world.ts";
import type { Spec } from "../../src/config/spec.ts";
import type { Finding } from "../../src/core/check.ts";
import type { AskConsent } from "../../src/core/consent.ts";
import type { RunEvent } from "../../src/core/converge.ts";
import type { ClusterEvent } from "../../src/run/observer.ts";
import { runSteps } from "../../src/run/run-steps.ts";
import { CliError } from "../../src/core/errors.ts";
import { bind, type BoundStep, type Notice } from "../../src/core/step.ts";
import { steps } from "../../src/run/steps.ts";
import { type StepId } from "../../src/config/step-id.ts";
import type { AppStep } from "../../src/systems/step.ts";
import type { Recorded } from "../fakes/wire/exchange.ts";
import type { Scene } from "./scene.ts";
import { isWrite } from "./writes.ts";

export interface Ran {
  /** What was thrown; undefined when the run came to its end. */
  readonly error: unknown;
  readonly events: readonly ClusterEvent[];
  readonly findings: readonly Finding[];
  /** What a person is told at the end. */
  readonly notices: readonly Notice[];
  /** The tool's writes, as they arrived. */
  readonly writes: readonly Recorded[];
}

export interface HowToRun {
  readonly spec: Spec;
  readonly ids: readonly StepId[];
  /** Steps of commands that are no part of bootstrap, after those. */
  readonly others?: readonly AppStep[];
  /** Left out: the run writes. */
  readonly plan?: boolean;
  readonly timeoutMs?: number;
  /** What a person at a terminal answers. */
  readonly consent?: AskConsent;
}

export const writesIn = (requests: readonly Recorded[]): Recorded[] => requests.filter(({ method, path }) => isWrite(method, path));

/** Runs steps as a command does, through the real clients; never throws what the run throws. Nothing that was said may hold a secret. */
export async function run(scene: Scene, { spec, ids, others = [], plan = false, timeoutMs, consent }: HowToRun): Promise<Ran> {
  const mark = scene.line.journal.length;
  const events: ClusterEvent[] = [];
  const said = captureStderr();
  const world = await scene.world(spec, timeoutMs);
  const bound: BoundStep<Readers, Writers>[] = [...ids.map((id) => steps[id]), ...others].map((step) => bind(step, spec));
  const outcome = await runSteps({
    cluster: spec.cluster ?? "",
    world,
    writes: !plan,
    steps: bound,
    consent,
    observer: (event) => void events.push(event),
    settleMs: 600,
  }).then(
    (value) => value,
    (error: unknown) => ({ error }),
  );
  await world.close();
  const error = "error" in outcome ? outcome.error : undefined;
  saysNoSecret(scene, [JSON.stringify(events), said(), scene.told.splice(0).join("\n"), scene.notices.join("\n"), ...wordsOf(error)]);
  const { findings, notices } = "error" in outcome ? { findings: [], notices: [] } : outcome;
  return { error, events, findings, notices, writes: writesIn(scene.line.asked(mark)) };
}

function captureStderr(): () => string {
  const real = process.stderr.write;
  let said = "";
  process.stderr.write = ((chunk: string | Uint8Array): boolean => {
    said += String(chunk);
    return true;
  }) as typeof process.stderr.write;
  return () => {
    process.stderr.write = real;
    return said;
  };
}

function wordsOf(error: unknown): string[] {
  const explained = error instanceof CliError ? [error.message, error.why ?? "", error.fix ?? ""] : [];
  return error === undefined
    ? []
    : [...explained, String(error), inspect(error, { depth: 10, showHidden: true, getters: true }), JSON.stringify(error)];
}

/** Fails with the first secret that stands in a text, whole or in a part that is long enough to be used. */
function saysNoSecret(scene: Scene, texts: readonly string[]): void {
  const all = texts.join("\n");
  const parts = scene.secrets().flatMap((secret) => [secret, ...(secret.split(".").length === 3 ? secret.split(".").slice(1) : [])]);
  const leaked = parts.find((part) => part.length > 8 && all.includes(part));
  expect(leaked, `a secret was said in: ${all.slice(0, 2000)}`).toBeUndefined();
}

/** Fails unless a run ended as a person can read it: a code, an exit code, and no bug. */
export function endedReadably({ error }: Ran): CliError {
  if (!(error instanceof CliError)) expect.fail(`not a CliError: ${inspect(error, { depth: 4 })}`);
  expect(error.kind.code).toMatch(/^VK\d{4}$/);
  expect([1, 64, 65, 69, 75, 77]).toContain(error.kind.exit);
  expect(error.message).not.toBe("");
  expect([error.message, error.why, error.fix].join("\n")).not.toMatch(/undefined|\[object |^\s+at |node:internal/m);
  return error;
}

/** Fails with what went wrong unless a run came to its end. */
export function ended(ran: Ran): Ran {
  if (ran.error !== undefined) expect.fail(inspect(ran.error, { depth: 4 }));
  expect(ran.findings.filter((finding) => finding.kind === "fail")).toEqual([]);
  return ran;
}

/** The results of a run by resource. */
export const results = ({ events }: { readonly events: readonly (ClusterEvent | RunEvent)[] }): Record<string, string> =>
  Object.fromEntries(events.flatMap((event) => (event.type === "resource" ? [[event.id, event.result]] : [])));
