import { randomUUID } from "node:crypto";
import { asText, at, type Json, type JsonObject } from "../wire/json.ts";
import type { Cluster } from "./cluster.ts";
import { nameOf, namespaceOf } from "./objects.ts";

export interface WrittenSecret {
  readonly name: string;
  readonly values: JsonObject;
  readonly text: (value: Json | undefined) => string;
  /** Also where it holds the same already. */
  readonly anew?: boolean;
}

/** Writes the Secret of an ExternalSecret, which owns it; false where the API server takes one of its keys not. */
export function putSecret({ objects }: Cluster, external: JsonObject, { name, values, text, anew = false }: WrittenSecret): boolean {
  const namespace = namespaceOf(external) ?? "";
  if (Object.keys(values).some((key) => !/^[-._a-zA-Z0-9]{1,253}$/.test(key))) return false;
  const data = Object.fromEntries(Object.entries(values).map(([key, value]) => [key, Buffer.from(text(value)).toString("base64")]));
  const found = objects.get("secrets", namespace, name);
  if (!anew && JSON.stringify(found?.["data"]) === JSON.stringify(data)) return true;
  const ownerReferences = [
    {
      apiVersion: asText(external["apiVersion"]),
      kind: "ExternalSecret",
      name: nameOf(external),
      uid: at(external, "metadata", "uid") ?? "",
      controller: true,
      blockOwnerDeletion: true,
    },
  ];
  objects.put("secrets", {
    type: "Opaque",
    data,
    metadata: {
      uid: at(found, "metadata", "uid") ?? randomUUID(),
      creationTimestamp: new Date().toISOString(),
      name,
      namespace,
      ownerReferences,
    },
  });
  return true;
}
