import type { Observer } from "../../run/observer.ts";

/** Events in, characters out. */
export interface Renderer {
  readonly event: Observer;
  /** Clears the line for what is written by others: a question, an error. */
  makeWay(): void;
}
