import { conflict, same, type Change, type Diff, type Resource, type Say, type Scripted } from "./resource.ts";

/** How something stands that is to be taken away: it is not there, it stays and why, it is there and goes, or nothing may go at all. */
export type RemovalState =
  | { readonly kind: "gone"; readonly note?: string }
  | { readonly kind: "conflict"; readonly reason: string; readonly fix: string }
  | { readonly kind: "stays"; readonly reason: string }
  | { readonly kind: "there"; readonly changes?: readonly Change[]; readonly note?: string | undefined };

export type Look<R> = (read: R) => Promise<RemovalState>;

export const gone = (note?: string): RemovalState => ({ kind: "gone", ...(note !== undefined && { note }) });
export const stays = (reason: string): RemovalState => ({ kind: "stays", reason });

/** What takes away something that we made. `remove` waits until it is gone. */
export interface Removal<R, W> extends Partial<Scripted<R>> {
  /** That of the resource that made it, or what they are where several go at once. */
  readonly id: string;
  readonly look: Look<R>;
  /** Called only after a look that found it there. */
  remove(write: W, say: Say): Promise<void>;
}

/** A resource whose wanted state is not to be there; what is not ours stays as it is. */
export const absent = <R, W>({ id, look, remove, command }: Removal<R, W>): Resource<R, W, never> => ({
  id,
  diff: async (read) => asDiff(await look(read)),
  apply: remove,
  ...(command !== undefined && { command }),
});

function asDiff(state: RemovalState): Diff {
  if (state.kind === "conflict") return conflict(state.reason, state.fix);
  if (state.kind === "gone") return same(state.note ?? "not there");
  if (state.kind === "stays") return same(`stays: ${state.reason}`);
  return { kind: "delete", changes: state.changes ?? [], note: state.note };
}
