import { untilSettled } from "../../core/settle.ts";
import { HttpFailure } from "../http/failure.ts";
import type { KubeObject, ObjectRef } from "../world.ts";
import { collectionPath } from "./kinds.ts";
import { isKubeObject } from "./object-shape.ts";
import type { KubeWire } from "./wire.ts";

/** How long one watch lasts, in milliseconds: what lies in between may keep its events back, so the object is asked for then. */
const lastsMs = 5_000;
/** Between two questions where nothing can be watched. */
const everyMs = 250;

type Good = (found: KubeObject | undefined) => boolean;

/**
 * Waits until an object is as it should be: with a watch of this object alone, which a right on its name is enough for, else by asking again.
 * https://kubernetes.io/docs/reference/using-api/api-concepts/#efficient-detection-of-changes
 * @param get asks for the object
 * @returns the object as it was at last, good or not
 */
export async function untilObject(
  wire: KubeWire,
  ref: ObjectRef,
  { get, good, withinMs }: { readonly get: () => Promise<KubeObject | undefined>; readonly good: Good; readonly withinMs: number },
): Promise<KubeObject | undefined> {
  const deadline = Date.now() + withinMs;
  for (;;) {
    const began = Date.now();
    const seen = await watched(wire, ref, good, Math.min(lastsMs, deadline - began));
    if (seen !== undefined) return seen.found;
    const found = await get();
    const left = deadline - Date.now();
    if (good(found) || left <= 0) return found;
    // A watch that ends at once, or is not allowed, is none.
    if (Date.now() - began < lastsMs / 2) return untilSettled(get, good, { withinMs: left, everyMs });
  }
}

interface Seen {
  readonly found: KubeObject | undefined;
}

/** The first good state; undefined where none was seen. Without a version a watch begins with the object as it is. */
async function watched(wire: KubeWire, ref: ObjectRef, good: Good, ms: number): Promise<Seen | undefined> {
  const query = { watch: "true", fieldSelector: `metadata.name=${ref.name}`, timeoutSeconds: String(Math.ceil(ms / 1000)) };
  try {
    const answer = await wire.open({ method: "GET", path: collectionPath(ref), query }, ms);
    const timer = setTimeout(() => answer.close(), ms);
    try {
      if (answer.status !== 200) return undefined;
      for await (const event of eventsIn(answer.pieces)) {
        const state = stateIn(event);
        if (state === undefined) return undefined;
        if (good(state.found)) return state;
      }
    } finally {
      clearTimeout(timer);
      answer.close();
    }
  } catch (error) {
    if (!(error instanceof HttpFailure)) throw error;
  }
  return undefined;
}

/** One event a line. What is no JSON ends it. */
async function* eventsIn(pieces: AsyncIterable<string>): AsyncGenerator<unknown> {
  let rest = "";
  for await (const piece of pieces) {
    const lines = (rest + piece).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines.filter((one) => one.trim() !== "")) yield parsed(line);
  }
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

/** What an event says of the object; undefined for an error, and for what is no event. */
function stateIn(event: unknown): Seen | undefined {
  const { type, object } = (event ?? {}) as { readonly type?: unknown; readonly object?: unknown };
  if (type === "DELETED") return { found: undefined };
  return (type === "ADDED" || type === "MODIFIED") && isKubeObject(object) ? { found: object } : undefined;
}
