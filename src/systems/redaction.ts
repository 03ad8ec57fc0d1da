import { redactor, type Redacting, type Redactor } from "../core/redact.ts";
import type { Secret } from "../core/redact/known.ts";
import { tokenShapes } from "./token-shapes.ts";

/** The redactor with the shapes of all tokens that we know. */
export const redactorOf = (known: readonly Secret[] = [], how: Omit<Redacting, "shapes"> = {}): Redactor =>
  redactor(known, { shapes: tokenShapes, ...how });
