import { same, type Change, type Command, type Diff, type Say } from "../../core/resource.ts";
import { untilSettled } from "../../core/settle.ts";
import { failure, kinds } from "../../errors.ts";
import type { Readers, Writers } from "../../systems/world.ts";
import type { AppResource } from "../../systems/step.ts";

/** How something stands that is to be taken away: it is not there, it stays and why, or it is there and goes. */
export type Standing =
  | { readonly kind: "gone"; readonly note?: string }
  | { readonly kind: "stays"; readonly reason: string }
  | { readonly kind: "there"; readonly changes?: readonly Change[]; readonly note?: string | undefined };

export type Look = (read: Readers) => Promise<Standing>;

export const gone = (note?: string): Standing => ({ kind: "gone", ...(note !== undefined && { note }) });
export const stays = (reason: string): Standing => ({ kind: "stays", reason });

/** Something that teardown takes away. `remove` waits until it is gone. */
export interface Leaving {
  /** That of the resource that made it. */
  readonly id: string;
  readonly look: Look;
  remove(write: Writers, say: Say): Promise<void>;
  command(read: Readers): Command | Promise<Command>;
}

/** A resource whose wanted state is not to be there; what is not ours stays as it is. */
export const absent = ({ id, look, remove, command }: Leaving): AppResource => ({
  id,
  diff: async (read) => asDiff(await look(read)),
  apply: remove,
  command,
});

function asDiff(standing: Standing): Diff {
  if (standing.kind === "gone") return same(standing.note ?? "not there");
  if (standing.kind === "stays") return same(`stays: ${standing.reason}`);
  return { kind: "delete", changes: standing.changes ?? [], note: standing.note };
}

/** Waits until nothing is left of what `ask` names. Throws VK1010 with what is left, and `fix`. */
export async function untilGone(ask: () => Promise<readonly string[]>, withinMs: number, fix: string): Promise<void> {
  const left = await untilSettled(ask, (found) => found.length === 0, { withinMs, everyMs: 300 });
  if (left.length > 0) throw failure(kinds.timedOut, { what: `It was deleted, and is still there: ${left.join(", ")}`, fix });
}
