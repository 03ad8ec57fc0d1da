import { CliError } from "../core/errors.ts";
import type { Command } from "../core/resource.ts";
import { untilSettled } from "../core/settle.ts";
import { word } from "../core/shell.ts";
import { failure, kinds } from "../errors.ts";
import type { KubeObject, ObjectRef, Readers, Writers } from "../systems/world.ts";
import { kubectl } from "./kubectl.ts";
import { objectId } from "./object-ref.ts";
import { kubectlIn } from "../systems/kubectl.ts";

/** Waits until nothing is left of what `ask` names. Throws VK1010 with what is left, and `fix`. */
export async function untilGone(ask: () => Promise<readonly string[]>, withinMs: number, fix: string): Promise<void> {
  const left = await untilSettled(ask, (found) => found.length === 0, { withinMs, everyMs: 300 });
  if (left.length > 0) throw failure(kinds.timedOut, { what: `It was deleted, and is still there: ${left.join(", ")}`, fix });
}

/** Deletes an object and waits until it is gone. Throws VK1010. */
export async function deleteObject(
  { kube }: Writers,
  object: KubeObject,
  withinMs: number,
  how?: { readonly orphan: boolean },
): Promise<void> {
  const { apiVersion, kind, metadata } = object;
  const ref = { apiVersion, kind, name: metadata.name, namespace: metadata.namespace };
  await kube.remove(ref, how);
  await untilGone(async () => ((await found({ kube }, ref)) === undefined ? [] : [objectId(ref)]), withinMs, stuck(kube, object));
}

/** An object whose kind may not be served any more. */
export async function found({ kube }: Pick<Readers, "kube">, ref: ObjectRef): Promise<KubeObject | undefined> {
  try {
    return await kube.get(ref);
  } catch (error) {
    if (error instanceof CliError && error.kind === kinds.notServed) return undefined;
    throw error;
  }
}

/** What to do about an object that does not go. */
function stuck(kube: Readers["kube"], { kind, metadata: { name, namespace, finalizers = [] } }: KubeObject): string {
  const waits = `Its finalizers wait for their controller: ${finalizers.join(", ")}. See that the controller runs. `;
  const look = kubectl(kube, `get ${kind.toLowerCase()} ${name}${namespace === undefined ? "" : ` -n ${namespace}`} -o yaml`);
  return `${finalizers.length === 0 ? "" : waits}Look: ${look}; then run the same command again.`;
}

/** kubectl delete, silent where it is gone. */
export function deleteCommand(context: string, { apiVersion, kind, name, namespace }: ObjectRef, flags = ""): Command {
  const [group, version] = apiVersion.includes("/") ? apiVersion.split("/") : [];
  const resource = group === undefined ? kind : `${kind}.${version ?? ""}.${group}`;
  return {
    lines: `${kubectlIn(context)}${namespace === undefined ? "" : ` -n ${word(namespace)}`} delete --ignore-not-found${flags} ${resource} ${word(name)}`,
  };
}
