import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { allFields, differences, isRecord, type Plain } from "../../core/compare.ts";
import { fingerprint } from "../../core/fingerprint.ts";
import type { Secret } from "../../core/redact/known.ts";
import { redactorOf } from "../../systems/redaction.ts";
import { withoutData } from "../../systems/secret-values.ts";
import type { Change } from "../../core/resource.ts";
import { masked } from "../../core/secret-names.ts";
import { secretsGiven, secretsInValues } from "../../systems/chart-values.ts";
import type { HelmRelease, ReleaseInputs } from "../../systems/world.ts";

/** The label of a release that holds a hash over its inputs. */
export const inputsLabel = "vault-k8s.io/inputs";

/**
 * Values as they may be seen: what goes by a secret's name, each secret in a text, and what a Secret among them holds, only as a
 * fingerprint. What is a secret in one of those that are compared is one in all.
 */
function opened(...all: readonly Plain[]): Plain[] {
  const redact = redactorOf(all.flatMap(secretsInValues), { sign: fingerprint });
  return all.map((values) => redact.value(masked(withoutData(values))));
}

const compared = (wanted: Plain, found: Plain): Change[] => {
  const [one = null, other] = opened(wanted, found);
  return differences(one, other);
};

/** Our values of a new release. */
export const newValues = ({ values }: ReleaseInputs): Change[] => opened(values as Plain).flatMap(allFields);

/** How a release of ours differs from what is asked of helm. */
export async function differsFrom(found: HelmRelease | undefined, inputs: ReleaseInputs): Promise<Change[]> {
  if (found === undefined) return newValues(inputs);
  const hash = await inputsHash(inputs);
  const before = found.labels[inputsLabel];
  return [
    ...compared(inputs.values as Plain, found.values as Plain),
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
  return compared(found.values as Plain, merged).flatMap(({ field, before, after }) =>
    before === undefined && after !== undefined ? [{ field, before: after }] : [],
  );
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
export const secretTexts = async (inputs: ReleaseInputs, found: HelmRelease | undefined): Promise<Secret[]> => [
  ...(await secretsGiven(inputs)),
  ...secretsInValues((found?.values ?? {}) as Plain),
];
