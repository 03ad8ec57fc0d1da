import { z } from "zod";
import type { Field } from "./field.ts";
import type { FieldName } from "./fields.ts";
import { fleetShape } from "./fleet/shape.ts";
import { keyTree, table, type KeyTree } from "./keys.ts";

/** A JSON schema, draft 2020-12; editors take it for vault-k8s.yaml. */
export type Schema = Readonly<Record<string, unknown>>;

/** Where the schema of vault-k8s.yaml says that it is. */
const id = "https://vault-k8s.io/schemas/config.json";

/** The schema of vault-k8s.yaml, made from the table of settings. Rules that are more than a type are checked when the file is read. */
export function configSchema(): Schema {
  const { cluster: _, ...own } = keyTree();
  const clusters = {
    type: ["object", "null"],
    description: "Clusters by their name; what stands here counts for that one only",
    propertyNames: { pattern: "^[a-z0-9][a-z0-9._-]{0,62}$" },
    additionalProperties: { ...mapOf(own), type: ["object", "null"] },
  };
  return {
    $schema: "https://json-schema.org/draft/2020-12/schema",
    $id: id,
    title: "vault-k8s.yaml",
    description: "Settings of vault-k8s; docs/settings.md lists them all",
    ...mapOf(keyTree(), { clusters, fleet: fleetOf(own) }),
  };
}

/** The fleet, and its defaults, which are settings. */
function fleetOf(tree: KeyTree): Schema {
  const { context: _, ...own } = tree;
  const { $schema: __, properties, ...shape } = z.toJSONSchema(fleetShape, { io: "input" }) as { $schema?: string; properties?: Schema };
  return {
    ...shape,
    type: ["object", "null"],
    description: "Many clusters with one Vault; docs/fleet.md",
    properties: { ...properties, defaults: { ...mapOf(own), type: ["object", "null"] } },
  };
}

function mapOf(tree: KeyTree, more: Schema = {}): Schema {
  const properties = Object.fromEntries(
    Object.entries(tree).map(([key, below]) => [
      key,
      typeof below === "string" ? valueOf(below) : { ...mapOf(below), type: ["object", "null"] },
    ]),
  );
  return { type: "object", properties: { ...properties, ...more }, additionalProperties: false };
}

function valueOf(name: FieldName): Schema {
  const field: Field = table[name];
  const preset = field.default === undefined || String(field.default).includes("${") ? {} : { default: field.default };
  return { description: `${field.help} (--${field.flag})`, ...typed(name, field), ...preset };
}

const text: Schema = { type: ["string", "number"] };

function typed(name: FieldName, { type, min, max }: Field): Schema {
  if (type === "boolean") return { type: "boolean" };
  if (type === "integer")
    return { type: "integer", ...(min === undefined ? {} : { minimum: min }), ...(max === undefined ? {} : { maximum: max }) };
  if (type === "duration") return { type: ["string", "integer"], pattern: "^(\\d+|(\\d+(\\.\\d+)?(ms|s|m|h|d))+)$", minimum: 0 };
  if (typeof type === "object") return { enum: [...type.oneOf] };
  if (type !== "list" && type !== "pathList") return text;
  return { type: "array", items: name === "secrets" ? { anyOf: [text, secret] } : text };
}

/** An item of `secrets` as a map. */
const secret: Schema = {
  type: "object",
  properties: { name: text, path: text, keys: { anyOf: [text, { type: "array", items: text }] } },
  required: ["name"],
  additionalProperties: false,
};
