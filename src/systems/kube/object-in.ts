import type { HttpAnswer } from "../http/http.ts";
import type { KubeObject, ObjectRef } from "../world.ts";
import { garbage, type KubeAct } from "./failures.ts";
import { isKubeObject } from "./object-shape.ts";
import type { KubeWire } from "./wire.ts";

/**
 * The object in a good answer, of the kind that was asked for: what is done with it next rests on that, whatever the answer says of itself.
 * Throws what another answer means, and VK1111 for what no API server sends.
 */
export function objectIn(
  wire: KubeWire,
  act: KubeAct,
  { apiVersion, kind }: Pick<ObjectRef, "apiVersion" | "kind">,
  answer: HttpAnswer,
): KubeObject {
  const object: unknown = wire.object(act, answer);
  if (!isKubeObject(object)) throw garbage(wire, answer);
  return { ...object, apiVersion, kind };
}
