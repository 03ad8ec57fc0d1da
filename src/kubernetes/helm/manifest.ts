import { parseAllDocuments, stringify } from "yaml";
import { isRecord, type Plain } from "../../core/compare.ts";
import { fingerprint } from "../../core/fingerprint.ts";
import type { Change } from "../../core/resource.ts";
import { masked } from "../../core/secret-names.ts";

/** A document of this length is a definition of a custom resource: it is named, and shown only where it changes. */
const long = 50_000;

/**
 * Which objects differ between two manifests, as YAML. What a Secret holds, what goes by a secret's name, and each of `secrets` wherever
 * it stands are shown as fingerprints only.
 * @param before undefined where nothing is installed yet
 */
export function manifestChanges(before: string | undefined, after: string, secrets: readonly string[]): Change[] {
  const [old, now] = [documentsById(before ?? ""), documentsById(after)];
  const hide = hiding(secrets);
  const text = (document: string | undefined): string | undefined => document && shown(document, hide);
  return [...new Set([...now.keys(), ...old.keys()])]
    .filter((id) => now.get(id) !== old.get(id))
    .map((id) => ({ field: id, before: text(old.get(id)), after: text(now.get(id)) }))
    .filter((change) => change.before !== change.after)
    .map(inShort);
}

/** The documents of a manifest by kind and name, e.g. "StatefulSet vault/vault". */
export function documentsById(manifest: string): Map<string, string> {
  const all = manifest
    .split(/^---.*$/m)
    .map((text) => text.trim())
    .filter((text) => /^kind:/m.test(text));
  return new Map(all.map((text) => [idOf(text), text]));
}

/** "StatefulSet vault/vault", read without parsing: a document may be long. */
function idOf(text: string): string {
  const metadata = /^metadata:\n((?:[ #].*\n?|\n)*)/m.exec(text)?.[1] ?? "";
  const [, indent = ""] = /^( +)\S/.exec(metadata) ?? [];
  const field = (name: string): string | undefined => new RegExp(`^${indent}${name}: *["']?([^"'\\s]+)`, "m").exec(metadata)?.[1];
  const namespace = field("namespace");
  return `${/^kind: *["']?(\w+)/m.exec(text)?.[1] ?? "?"} ${namespace === undefined ? "" : `${namespace}/`}${field("name") ?? "?"}`;
}

function shown(document: string, hide: (text: string) => string): string {
  if (document.length > long) return document;
  const value = parseAllDocuments(document)[0]?.toJS() as Plain;
  const open = isRecord(value) && value["kind"] === "Secret" ? withoutData(value) : masked(value);
  return stringify(everyText(open, hide), { lineWidth: 0, sortMapEntries: true, aliasDuplicateObjects: false }).trimEnd();
}

function withoutData(secret: { readonly [key: string]: Plain | undefined }): Plain {
  const entries = Object.entries(secret).map(([key, value]) => {
    const data = (key === "data" || key === "stringData") && isRecord(value);
    return [key, data ? Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, fingerprint(String(inner))])) : value];
  });
  return Object.fromEntries(entries) as Plain;
}

function hiding(secrets: readonly string[]): (text: string) => string {
  const all = [...new Set(secrets)].filter((secret) => secret.length > 3).sort((one, other) => other.length - one.length);
  return (text) => all.reduce((shownText, secret) => shownText.replaceAll(secret, () => fingerprint(secret)), text);
}

function everyText(value: Plain, change: (text: string) => string): Plain {
  if (typeof value === "string") return change(value);
  if (Array.isArray(value)) return value.map((item: Plain) => everyText(item, change));
  return isRecord(value)
    ? (Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, everyText(inner ?? null, change)])) as Plain)
    : value;
}

const inShort = (change: Change): Change =>
  change.before === undefined && (change.after?.length ?? 0) > long
    ? { ...change, after: `${change.after?.split("\n").length ?? 0} lines` }
    : change;
