import type { Plain } from "../core/compare.ts";
import { redactor, type Redacting, type Redactor } from "../core/redact.ts";
import type { Secret } from "../core/redact/known.ts";
import { tokenShapes } from "./token-shapes.ts";

/** The redactor with the shapes of all tokens that we know. */
export const redactorOf = (known: readonly Secret[] = [], how: Omit<Redacting, "shapes"> = {}): Redactor =>
  redactor(known, { shapes: tokenShapes, ...how });

/** A text without what looks like a secret; names say nothing here, so that a sentence stays one. */
export const { text: withoutTokens } = redactorOf([], { naming: "none" });

/** The secrets in the texts of a value that nobody named: what a redactor would take out. */
export function secretsWithin(value: Plain): string[] {
  const found: string[] = [];
  redactorOf([], { sign: (secret) => (found.push(secret), "") }).value(value);
  return found;
}

/** Whether a text holds a secret, as far as one can see. */
export const holdsSecret = (text: string): boolean => secretsWithin(text).length > 0;
