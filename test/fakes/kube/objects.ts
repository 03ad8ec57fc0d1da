import { asObject, asText, asTexts, at, type Json, type JsonObject } from "../wire/json.ts";
import { builtInKinds, type Kind } from "./kinds.ts";

type Listener = (resource: string, object: JsonObject, gone: boolean) => void;

/** Everything that the API server stores, as JSON. */
export class Objects {
  readonly #stored = new Map<string, JsonObject>();
  readonly #listeners = new Set<Listener>();
  #revision = 100;

  /** Built-in kinds, and those of stored CustomResourceDefinitions, in the versions that they serve. */
  kinds(): Kind[] {
    const definitions = this.list("customresourcedefinitions.apiextensions.k8s.io");
    return [...builtInKinds, ...definitions.flatMap(servedBy)];
  }

  get(resource: string, namespace: string | undefined, name: string): JsonObject | undefined {
    return this.#stored.get(keyOf(resource, namespace, name));
  }

  list(resource: string, namespace?: string): JsonObject[] {
    const start = namespace === undefined ? `${resource}|` : `${resource}|${namespace}|`;
    return [...this.#stored].filter(([key]) => key.startsWith(start)).map(([, object]) => object);
  }

  /** Stores an object as it is, with a new resource version. */
  put(resource: string, object: JsonObject): JsonObject {
    const metadata = asObject(object["metadata"]);
    const stored = { ...object, metadata: { ...metadata, resourceVersion: String(++this.#revision) } };
    this.#stored.set(keyOf(resource, asText(metadata["namespace"]) || undefined, asText(metadata["name"])), stored);
    this.#tell(resource, stored, false);
    return stored;
  }

  remove(resource: string, namespace: string | undefined, name: string): void {
    const found = this.get(resource, namespace, name);
    this.#stored.delete(keyOf(resource, namespace, name));
    if (found !== undefined) this.#tell(resource, found, true);
  }

  /** Tells of each object that is stored or goes. @returns what ends that */
  onChange(listener: Listener): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  #tell(resource: string, object: JsonObject, gone: boolean): void {
    for (const listener of this.#listeners) listener(resource, object, gone);
  }

  /** All objects of a namespace, with their resource. */
  inNamespace(namespace: string): { resource: string; name: string }[] {
    const keys = [...this.#stored.keys()].map((key) => key.split("|"));
    return keys.filter(([, place]) => place === namespace).map(([resource = "", , name = ""]) => ({ resource, name }));
  }

  /** Everything by its place: "secrets|default|db". */
  everything(): [string, JsonObject][] {
    return [...this.#stored].sort(([one], [other]) => (one < other ? -1 : 1));
  }

  /** Everything as it is now, to be put back later. */
  save(): () => void {
    const saved = structuredClone([...this.#stored]);
    return () => {
      this.#stored.clear();
      for (const [key, object] of structuredClone(saved)) this.#stored.set(key, object);
    };
  }

  get revision(): number {
    return this.#revision;
  }
}

const keyOf = (resource: string, namespace: string | undefined, name: string): string => `${resource}|${namespace ?? ""}|${name}`;

function servedBy(definition: JsonObject): Kind[] {
  const spec = asObject(definition["spec"]);
  const versions = Array.isArray(spec["versions"]) ? spec["versions"].map(asObject) : [];
  return versions
    .filter((version) => version["served"] === true)
    .map((version) => ({
      group: asText(spec["group"]),
      version: asText(version["name"]),
      kind: asText(at(spec, "names", "kind")),
      plural: asText(at(spec, "names", "plural")),
      namespaced: spec["scope"] === "Namespaced",
    }));
}

export const nameOf = (object: JsonObject): string => asText(at(object, "metadata", "name"));
export const namespaceOf = (object: JsonObject): string | undefined => asText(at(object, "metadata", "namespace")) || undefined;
export const labelsOf = (object: JsonObject): JsonObject => asObject(at(object, "metadata", "labels"));
export const annotationOf = (object: JsonObject, name: string): string => asText(asObject(at(object, "metadata", "annotations"))[name]);

/** Whether an object fits a label selector: a=b, a!=b, a in (b,c), a, !a. */
export function fitsLabels(object: JsonObject, selector: string): boolean {
  const labels = labelsOf(object);
  return requirements(selector).every((requirement) => fitsLabel(labels, requirement));
}

const requirements = (selector: string): string[] => selector.match(/[^,(]+(\([^)]*\))?/g)?.map((part) => part.trim()) ?? [];

function fitsLabel(labels: JsonObject, requirement: string): boolean {
  const set = /^(\S+)\s+(in|notin)\s+\(([^)]*)\)$/.exec(requirement);
  if (set !== null) return asTexts(set[3]).includes(asText(labels[set[1] ?? ""])) === (set[2] === "in");
  const [, key = "", operator, value] = /^!?([^=!]+)(?:(==?|!=)(.*))?$/.exec(requirement) ?? [];
  if (operator === undefined) return (labels[key] !== undefined) !== requirement.startsWith("!");
  return (labels[key] === value) !== (operator === "!=");
}

/** Whether an object fits a field selector: dotted fields with = and !=. */
export function fitsFields(object: JsonObject, selector: string): boolean {
  return requirements(selector).every((requirement) => {
    const [, field = "", operator, value] = /^([^=!]+)(==?|!=)(.*)$/.exec(requirement) ?? [];
    const found: Json | undefined = at(object, ...field.split("."));
    return (asText(found) === value) !== (operator === "!=");
  });
}
