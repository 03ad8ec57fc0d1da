import type { KubeObject, KubeReader } from "../world.ts";
import { collectionPath, resourceName } from "./kinds.ts";
import { garbage } from "./failures.ts";
import { isKubeObject } from "./object-shape.ts";
import type { KubeWire } from "./wire.ts";

/** Objects a page, as kubectl asks for them. */
const page = 500;
/** More than a list can have that is asked for here; a server that never comes to its last page is not followed for ever. */
const mostObjects = 50_000;

/** All objects of a kind that fit, page by page. Throws VK1111 for what no API server sends. */
export async function listObjects(wire: KubeWire, what: Parameters<KubeReader["list"]>[0]): Promise<KubeObject[]> {
  const act = { verb: "list", resource: resourceName(what.apiVersion, what.kind, what.plural), namespace: what.namespace };
  const found: KubeObject[] = [];
  let next: string | undefined;
  do {
    const query = { limit: String(page), continue: next, labelSelector: what.labelSelector, fieldSelector: what.fieldSelector };
    const answer = await wire.send(act, { method: "GET", path: collectionPath(what), query });
    const body = wire.object(act, answer) as unknown as { items?: unknown; metadata?: { continue?: unknown } };
    const items: unknown[] = Array.isArray(body.items) ? body.items : [];
    if (!items.every(isKubeObject) || found.length > mostObjects) throw garbage(wire, answer);
    // Items of a list leave out what the list says once.
    found.push(...items.map((item) => ({ ...item, apiVersion: what.apiVersion, kind: what.kind })));
    // A page with nothing on it that names a next one would go on for ever.
    next = typeof body.metadata?.continue === "string" && items.length > 0 ? body.metadata.continue : undefined;
  } while (next !== undefined && next !== "");
  return found;
}
