import type { Change } from "../core/resource.ts";
import type { RunEvent } from "../core/converge.ts";
import type { Notice, Renderer, Summary, Target } from "./renderer.ts";

const apiVersion = "vault-k8s.io/v1";

interface StepDocument {
  readonly id: string;
  readonly title: string;
  readonly resources: { id: string; result: string; changes: readonly Change[]; note: string | undefined; command: string }[];
  readonly checks: {
    id: string;
    title: string;
    result: string;
    detail: string | undefined;
    reason: string | undefined;
    fix: string | undefined;
  }[];
}

/** What stands in a document of kind Run. */
export interface RunDocument {
  readonly command: string;
  readonly target: Target | undefined;
  readonly steps: readonly StepDocument[];
}

/** Collects a run and writes it as one document when it ends. `soFar` is what an error document shows of it. */
export function jsonRenderer(command: string, out: (text: string) => void): Renderer & { soFar(): RunDocument } {
  let target: Target | undefined;
  const steps: StepDocument[] = [];
  const soFar = (): RunDocument => ({ command, target, steps });
  return {
    target: (given) => void (target = given),
    event: (event) => collect(event, steps),
    end: (summary) => out(document("Run", { ...soFar(), ...outcome(summary) })),
    makeWay: () => undefined,
    soFar,
  };
}

function collect(event: RunEvent, steps: StepDocument[]): void {
  if (event.type === "step") return void steps.push({ id: event.id, title: event.title, resources: [], checks: [] });
  if (event.type === "progress") return;
  const step = steps.at(-1);
  if (event.type === "resource")
    step?.resources.push({ id: event.id, result: event.result, changes: event.changes, note: event.note, command: event.command });
  else {
    const { finding } = event;
    const [detail, reason, fix] =
      finding.kind === "pass" ? [finding.detail, undefined, undefined] : [undefined, finding.reason, finding.fix];
    step?.checks.push({ id: event.id, title: event.title, result: finding.kind, detail, reason, fix });
  }
}

const outcome = ({
  changed,
  pending,
  dryRun,
  notices,
  next,
  exitCode,
}: Summary): {
  changed: number;
  pending: number;
  dryRun: boolean;
  notices: readonly Notice[];
  next: readonly string[];
  exitCode: number;
} => ({ dryRun, changed, pending, notices, next, exitCode });

/** A versioned document, ready to print. Control characters that JSON itself leaves alone are escaped, for terminals. */
export function document(kind: string, content: object): string {
  const text = JSON.stringify({ apiVersion, kind, ...content }, undefined, 2);
  return `${text.replace(/[\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`)}\n`;
}
