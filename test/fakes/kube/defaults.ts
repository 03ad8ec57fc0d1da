import { asList, asObject, asText, isObject, type Json, type JsonObject } from "../wire/json.ts";
import { nameOf } from "./objects.ts";

/** What the API server adds to an object before it stores it. */
export function withDefaults(plural: string, group: string, object: JsonObject): JsonObject {
  const make = group === "external-secrets.io" ? esoDefaults[plural] : builtIn[plural];
  return make === undefined ? object : make(object);
}

type Complete = (object: JsonObject) => JsonObject;

const builtIn: Readonly<Record<string, Complete>> = {
  namespaces: (object) => ({
    ...object,
    metadata: {
      ...asObject(object["metadata"]),
      labels: { ...asObject(asObject(object["metadata"])["labels"]), "kubernetes.io/metadata.name": nameOf(object) },
    },
    spec: { finalizers: ["kubernetes"] },
    status: { phase: "Active" },
  }),
  secrets: ({ stringData, ...object }) => {
    const texts = Object.entries(asObject(stringData)).map(([key, value]) => [key, Buffer.from(asText(value)).toString("base64")]);
    const data = { ...asObject(object["data"]), ...(Object.fromEntries(texts) as JsonObject) };
    return { ...object, type: object["type"] ?? "Opaque", ...(Object.keys(data).length > 0 && { data }) };
  },
};

/** The defaults of External Secrets' CustomResourceDefinitions, where our objects meet them. */
const esoDefaults: Readonly<Record<string, Complete>> = {
  externalsecrets: (object) => {
    const spec = asObject(object["spec"]);
    return {
      ...object,
      spec: {
        refreshInterval: "1h0m0s",
        ...spec,
        target: { creationPolicy: "Owner", deletionPolicy: "Retain", ...asObject(spec["target"]) },
        ...(spec["data"] !== undefined && {
          data: asList(spec["data"]).map((item) => ({ ...asObject(item), remoteRef: remoteRef(asObject(item)["remoteRef"]) })),
        }),
        ...(spec["dataFrom"] !== undefined && {
          dataFrom: asList(spec["dataFrom"]).map((item) =>
            isObject(item) && item["extract"] !== undefined ? { ...item, extract: remoteRef(item["extract"]) } : item,
          ),
        }),
      },
    };
  },
};

const remoteRef = (ref: Json | undefined): JsonObject => ({
  conversionStrategy: "Default",
  decodingStrategy: "None",
  metadataPolicy: "None",
  ...asObject(ref),
});
