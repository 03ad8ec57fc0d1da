import { parseAllDocuments, stringify } from "yaml";
import type { Plain } from "../../core/compare.ts";
import { fingerprint } from "../../core/fingerprint.ts";
import type { Change } from "../../core/resource.ts";
import type { Redactor } from "../../core/redact.ts";
import type { Secret } from "../../core/redact/known.ts";
import { masked } from "../../core/secret-names.ts";
import { redactorOf } from "../../systems/redaction.ts";
import { inSecrets, withoutData } from "../../systems/secret-values.ts";

/** A definition of a custom resource of this length is not taken apart: it is named, and shown only where it changes. */
const long = 50_000;
/** Of what a Secret holds, shorter values are words that stand everywhere. */
const shortest = 8;

/**
 * Which objects differ between two manifests, as YAML. What a Secret holds, what goes by a secret's name or looks like one, and each of
 * `secrets` wherever it stands are shown as fingerprints only.
 * @param before undefined where nothing is installed yet
 */
export function manifestChanges(before: string | undefined, after: string, secrets: readonly Secret[]): Change[] {
  const [old, now] = [withoutTests(before ?? ""), withoutTests(after)];
  const kept = [...old, ...now].filter(([id]) => /^(Secret|List) /.test(id)).flatMap(([, text]) => inSecrets(valueOf(text)));
  const redact = redactorOf([...secrets, ...kept.filter((value) => value.length >= shortest)], { sign: fingerprint, shortest: 4 });
  const text = (document: string | undefined): string | undefined => document && shown(document, redact);
  return [...new Set([...now.keys(), ...old.keys()])]
    .filter((id) => now.get(id) !== old.get(id))
    .map((id) => ({ field: id, before: text(old.get(id)), after: text(now.get(id)) }))
    .filter((change) => change.before !== change.after)
    .map(inShort);
}

/** Hooks are told too: helm runs them. Not those of helm test, which it runs only then. */
const withoutTests = (manifest: string): Map<string, string> =>
  new Map([...documentsById(manifest)].filter(([, text]) => !/^ +["']?helm\.sh\/hook["']?: *["']?test/m.test(text)));

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

function shown(document: string, redact: Redactor): string {
  if (document.length > long && /^kind: *CustomResourceDefinition\b/m.test(document)) return redact.text(document);
  const open = redact.value(masked(withoutData(valueOf(document))));
  return stringify(open, { lineWidth: 0, sortMapEntries: true, aliasDuplicateObjects: false }).trimEnd();
}

const valueOf = (document: string): Plain => (parseAllDocuments(document)[0]?.toJS() ?? null) as Plain;

const inShort = (change: Change): Change =>
  change.before === undefined && (change.after?.length ?? 0) > long
    ? { ...change, after: `${change.after?.split("\n").length ?? 0} lines` }
    : change;
