import type { KubeObject, Readers } from "../../systems/world.ts";
import type { ConsumerObjects } from "../consumer-objects.ts";
import type { Asked } from "../diagnosis/evidence.ts";
import { holds } from "../secret-judged.ts";
import type { Held } from "../written.ts";

/**
 * Whether the Secret of an ExternalSecret that the settings name holds other values than what is made of Vault's secret; undefined where that
 * cannot be told. No value leaves this.
 */
export async function differs(read: Readers, asked: Asked, objects: ConsumerObjects, external: KubeObject): Promise<boolean | undefined> {
  const { name, namespace } = external.metadata;
  const wanted = asked.secrets.find((one) => one.name === name && asked.namespace === namespace);
  if (wanted === undefined) return undefined;
  const [mount, path] = [asked.kvMount, `${asked.kvPrefix}${wanted.path}`];
  const [answer, secret] = await Promise.all([
    read.vault.get(`${mount}/data/${path}`),
    read.kube.get({ apiVersion: "v1", kind: "Secret", name, namespace }),
  ]);
  const held = answer?.data["data"] as Held | null | undefined;
  if (held === undefined || held === null || secret === undefined) return undefined;
  const made = objects.written(external, { mount, path, held });
  return made.kind === "values" ? !holds(secret, made.values) : undefined;
}
