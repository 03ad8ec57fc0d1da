import type { HttpAnswer } from "../http/http.ts";
import type { KubeObject } from "../world.ts";
import { refused, type KubeAct } from "./failures.ts";
import { collectionPath, isInTable, objectPath, resourceName } from "./kinds.ts";
import { kindIsNotServed, statusOf } from "./status.ts";
import type { KubeWire } from "./wire.ts";

const dryRun = { dryRun: "All", fieldManager: "vault-k8s" };

/**
 * Why the server would refuse an object, laid over the one that is there, else as a new one: a dry run, in which admission and validation run
 * and nothing is stored. https://kubernetes.io/docs/reference/using-api/api-concepts/#dry-run
 * @returns its words; undefined where it takes the object, and where that cannot be known: without the right, before kind or namespace are
 * there, or beside a webhook that knows no dry run
 */
export async function wouldRefuse(wire: KubeWire, object: KubeObject): Promise<string | undefined> {
  if (!isInTable(object.kind)) return undefined;
  const ref = { ...object, name: object.metadata.name, namespace: object.metadata.namespace };
  const act = { resource: resourceName(ref.apiVersion, ref.kind), name: ref.name, namespace: ref.namespace, sent: object };
  const one = { query: dryRun, body: object, atOnce: true } as const;
  const patch = { ...act, verb: "patch" };
  const over = await wire.send(patch, { method: "PATCH", path: objectPath(ref), type: "application/merge-patch+json", ...one });
  if (over.status !== 404 || kindIsNotServed(over)) return refusalIn(patch, wire, over);
  const create = { ...act, verb: "create" };
  return refusalIn(create, wire, await wire.send(create, { method: "POST", path: collectionPath(ref), ...one }));
}

/** Another answer, such as a lack of rights, says nothing of the object. */
function refusalIn(act: KubeAct, wire: KubeWire, answer: HttpAnswer): string | undefined {
  const words = statusOf(answer)?.message ?? "";
  const byWebhook = /admission webhook .* denied the request/.test(words);
  const byRule = answer.status === 403 && !/cannot |RBAC permissions not currently held|is attempting to grant/.test(words);
  if (answer.status !== 422 && !byWebhook && !byRule) return undefined;
  const { message, why } = refused(act, wire, answer);
  return why ?? message;
}
