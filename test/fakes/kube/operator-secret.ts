import { randomUUID } from "node:crypto";
import { asText, at, type JsonObject } from "../wire/json.ts";
import type { Cluster } from "./cluster.ts";
import { nameOf, namespaceOf } from "./objects.ts";

/** Writes the Secret of an ExternalSecret, which owns it. */
export function putSecret({ objects }: Cluster, external: JsonObject, name: string, values: JsonObject): void {
  const namespace = namespaceOf(external) ?? "";
  const text = (value: unknown): string => (typeof value === "string" ? value : JSON.stringify(value));
  const data = Object.fromEntries(Object.entries(values).map(([key, value]) => [key, Buffer.from(text(value)).toString("base64")]));
  const found = objects.get("secrets", namespace, name);
  if (JSON.stringify(found?.["data"]) === JSON.stringify(data)) return;
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
}
