import { at, text } from "../../core/values.ts";
import type { ExternalFact } from "../diagnosis/operator-facts.ts";

/** One key that an ExternalSecret reads; none where it does not say which. */
export function keyIn(ref: unknown): ExternalFact["keys"] {
  const path = text(at(ref, "key"));
  return path === undefined ? [] : [{ path, property: text(at(ref, "property")) }];
}
