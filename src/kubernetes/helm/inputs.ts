import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { parse } from "yaml";
import { allFields, differences, isRecord, type Plain } from "../../core/compare.ts";
import { fingerprint } from "../../core/fingerprint.ts";
import { redactorOf } from "../../systems/redaction.ts";
import type { Change } from "../../core/resource.ts";
import { looksSecret, masked, secretsIn } from "../../core/secret-names.ts";
import type { HelmRelease, ReleaseInputs } from "../../systems/world.ts";

/** The label of a release that holds a hash over its inputs. */
export const inputsLabel = "vault-k8s.io/inputs";

/** Our values of a new release; what goes by a secret's name only as a fingerprint. */
export const newValues = ({ values }: ReleaseInputs): Change[] => allFields(masked(values as Plain));

/** How a release of ours differs from what is asked of helm. */
export async function differsFrom(found: HelmRelease | undefined, inputs: ReleaseInputs): Promise<Change[]> {
  if (found === undefined) return newValues(inputs);
  const hash = await inputsHash(inputs);
  const before = found.labels[inputsLabel];
  return [
    ...differences(masked(inputs.values as Plain), masked(found.values as Plain)).map(readable),
    ...(found.status === "deployed" ? [] : [{ field: "status", before: found.status, after: "deployed" }]),
    // The values files may hold a weak password, which could be guessed from a plain hash.
    ...(before === hash
      ? []
      : [{ field: "chart, values files or --set", before: before && fingerprint(before), after: fingerprint(hash) }]),
  ];
}

/** A value that a release was given. */
export const valueAt = ({ values }: HelmRelease, ...keys: readonly string[]): Plain | undefined =>
  keys.reduce<Plain | undefined>((inner, key) => (isRecord(inner) ? inner[key] : undefined), values as Plain);

/** What a release that somebody else made was given, and would not be given again; `merged` is all that is asked of helm now. */
export function forgottenValues(found: HelmRelease, merged: Plain): Change[] {
  return differences(masked(found.values as Plain), masked(merged)).flatMap(({ field, before, after }) =>
    before === undefined && after !== undefined ? [readable({ field, before: after })] : [],
  );
}

/** A text such as a configuration may hold secrets by their names in it; what stands under a secret's name is a fingerprint already. */
function readable({ field, ...values }: Change): Change {
  const shown = Object.entries(values).map(([side, value]) => [
    side,
    typeof value === "string" && !looksSecret(field) ? redactorOf().text(value) : value,
  ]);
  return { field, ...Object.fromEntries(shown) } as Change;
}

/** A hash over all that was asked of helm, so that a changed values file or --set shows. A label has at most 63 characters: 40 are plenty. */
export async function inputsHash({ chart, values, valuesFiles, sets }: ReleaseInputs): Promise<string> {
  const contents = await Promise.all(valuesFiles.map((file) => readFile(file, "utf8")));
  return createHash("sha256")
    .update(JSON.stringify([chart, values, contents, sets]))
    .digest("hex")
    .slice(0, 40);
}

/** The secrets among the inputs of a release, before and now: they may turn up anywhere in its manifest. */
export async function secretTexts({ values, valuesFiles, sets }: ReleaseInputs, found: HelmRelease | undefined): Promise<string[]> {
  const contents = await Promise.all(valuesFiles.map((file) => readFile(file, "utf8")));
  const all = [values as Plain, (found?.values ?? {}) as Plain, ...contents.map((text) => parse(text) as Plain)].flatMap((each) =>
    secretsIn(each ?? null),
  );
  return [
    ...all,
    ...sets
      .map(parted)
      .filter(({ key }) => looksSecret(key))
      .map(({ value }) => value),
  ];
}

/** A --set taken apart at its first "=". */
export function parted(set: string): { readonly key: string; readonly value: string } {
  const at = set.indexOf("=");
  return at === -1 ? { key: set, value: "" } : { key: set.slice(0, at), value: set.slice(at + 1) };
}
