import { randomUUID } from "node:crypto";
import { CliError } from "../../src/core/errors.ts";
import { kinds } from "../../src/errors.ts";
import type { KubeObject, KubeReader } from "../../src/systems/world.ts";

/** An object of namespace ns. */
export const object = (apiVersion: string, kind: string, name: string, rest: object = {}): KubeObject => ({
  apiVersion,
  kind,
  metadata: { name, namespace: "ns", uid: randomUUID() },
  ...rest,
});

/** The same, controlled by another. */
export const owned = ({ apiVersion, kind, metadata: { name, uid = "" } }: KubeObject, of: KubeObject): KubeObject => ({
  ...of,
  metadata: { ...of.metadata, ownerReferences: [{ apiVersion, kind, name, uid, controller: true }] },
});

/** A warning about an object, of this moment unless `more` says otherwise. */
export const eventOf = (
  { kind, metadata: { name, namespace, uid } }: KubeObject,
  reason: string,
  message: string,
  more: object = {},
): KubeObject => ({
  ...object("v1", "Event", `${name}.${reason}`),
  type: "Warning",
  involvedObject: { kind, name, namespace, uid },
  reason,
  message,
  ...more,
});

const field = (from: unknown, path: string): unknown =>
  path.split(".").reduce<unknown>((inner, name) => (inner as Record<string, unknown> | undefined)?.[name], from);

/** A cluster of these objects: labels choose nothing, fields do. */
export function lists(...objects: readonly KubeObject[]): KubeReader {
  const list: KubeReader["list"] = ({ kind, fieldSelector = "" }) => {
    const wanted = fieldSelector.split(",").map((pair) => pair.split("="));
    const fits = (one: KubeObject) => wanted.every(([path = "", value]) => path === "" || field(one, path) === value);
    return Promise.resolve(objects.filter((one) => one.kind === kind && fits(one)));
  };
  const serverFacts = () => Promise.reject(new CliError(kinds.kubeForbidden, { what: "you may not" }));
  return { context: "prod", list, serverFacts } as unknown as KubeReader;
}
