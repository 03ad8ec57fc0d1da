/**
 * Requests and what has to come back: sent to the small servers of test/fakes here, and to a real Vault and a real API server in the
 * lab. A fake that drifts from the real thing, and a new release that behaves otherwise, both show as a failed probe.
 */
import { setTimeout as delay } from "node:timers/promises";
import { expect } from "vitest";
import { at, parsed, type Json } from "../fakes/wire/json.ts";

/** Values that earlier probes have kept: tokens, ids. */
export type Have = Record<string, string>;

export interface ProbeRequest {
  readonly method: string;
  /** With the query; Vault's without /v1/. */
  readonly path: string;
  /** A token to send; left out, the target's own administrator; empty for none. */
  readonly token?: string | undefined;
  readonly body?: unknown;
  readonly type?: string;
}

export interface ProbeAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
}

export interface Probe {
  readonly name: string;
  readonly on: "vault" | "kube";
  readonly ask: ProbeRequest | ((have: Have) => ProbeRequest);
  readonly status: number;
  /** What the body says, as text. */
  readonly says?: RegExp;
  /** Fields of the body, dots between keys, and their types. */
  readonly has?: Readonly<Record<string, "text" | "number" | "boolean" | "list" | "object" | "null" | "nothing">>;
  /** Fields of the body, and their values. */
  readonly is?: Readonly<Record<string, Json>>;
  readonly keep?: (body: Json | undefined, have: Have) => void;
  /** The answer may take a moment: asked again until it fits, for at most half a minute. */
  readonly soon?: boolean;
}

/** Where probes are sent. */
export interface Target {
  vault(request: ProbeRequest): Promise<ProbeAnswer>;
  kube(request: ProbeRequest): Promise<ProbeAnswer>;
}

/** Sends a probe and fails unless what comes back fits. */
export async function probe(target: Target, { on, ask, soon, keep, ...wanted }: Probe, have: Have): Promise<void> {
  const deadline = Date.now() + (soon === true ? 30_000 : 0);
  for (;;) {
    const answer = await target[on](typeof ask === "function" ? ask(have) : ask);
    const wrong = differences(answer, wanted);
    if (wrong.length === 0) return keep?.(parsed(answer.text), have);
    if (Date.now() >= deadline)
      expect.fail(`${wanted.name}: ${wrong.join("; ")}; it answered ${answer.status} ${answer.text.slice(0, 1500)}`);
    await delay(100);
  }
}

function differences({ status, text }: ProbeAnswer, wanted: Omit<Probe, "on" | "ask" | "soon" | "keep">): string[] {
  const body = parsed(text);
  const value = (path: string): Json | undefined => at(body, ...path.split("."));
  return [
    ...(status === wanted.status ? [] : [`status ${status}, not ${wanted.status}`]),
    ...(wanted.says === undefined || wanted.says.test(text) ? [] : [`it does not say ${String(wanted.says)}`]),
    ...Object.entries(wanted.has ?? {})
      .filter(([path, type]) => typeOf(value(path)) !== type)
      .map(([path, type]) => `${path} is ${typeOf(value(path))}, not ${type}`),
    ...Object.entries(wanted.is ?? {})
      .filter(([path, expected]) => JSON.stringify(value(path)) !== JSON.stringify(expected))
      .map(([path, expected]) => `${path} is ${JSON.stringify(value(path))}, not ${JSON.stringify(expected)}`),
  ];
}

function typeOf(value: Json | undefined): string {
  if (value === undefined) return "nothing";
  if (value === null) return "null";
  if (Array.isArray(value)) return "list";
  return typeof value === "string" ? "text" : typeof value;
}
