import { isRecord, type Plain } from "../../core/compare.ts";
import { holdsSecret } from "../../core/secret-names.ts";
import type { ChartRef } from "../../systems/world.ts";
import type { Content } from "../../systems/content.ts";
import { yaml, type ExportedFile } from "./file.ts";

/** A Helm release with its values in one piece, without what looks like a secret. */
export interface ExportedRelease {
  readonly name: string;
  readonly namespace: string;
  readonly chart: ChartRef;
  readonly values: Plain;
  /** Paths of the values that were left out, e.g. "server.extraEnvironmentVars.DB_PASSWORD". */
  readonly leftOut: readonly string[];
  readonly waits: boolean;
}

type ReleaseContent = Extract<Content, { kind: "release" }>;

/** @param values our values with the user's files and --set laid over them */
export function exportedRelease({ release: { name, namespace, chart }, waits }: ReleaseContent, values: Plain): ExportedRelease {
  const leftOut: string[] = [];
  return { name, namespace, chart, values: withoutSecrets(values, "", leftOut), leftOut, waits };
}

// A path is written as helm and Flux read it: "a.b", "list[0].value".
function withoutSecrets(value: Plain, path: string, leftOut: string[]): Plain {
  if (Array.isArray(value)) return value.map((item: Plain, index) => withoutSecrets(item, `${path}[${index}]`, leftOut));
  if (!isRecord(value)) return value;
  const kept = Object.entries(value).filter(([key, inner]) => {
    const secret = holdsSecret(value, key) && ["string", "number"].includes(typeof inner) && inner !== "";
    if (secret) leftOut.push(join(path, key));
    return !secret;
  });
  return Object.fromEntries(kept.map(([key, inner]) => [key, withoutSecrets(inner ?? null, join(path, key), leftOut)])) as Plain;
}

const join = (path: string, key: string): string => `${path === "" ? "" : `${path}.`}${key.replaceAll(".", "\\.")}`;

/** The values of a release as a file for helm. */
export const valuesFile = ({ name, values }: ExportedRelease): ExportedFile => ({ path: `helm/${name}.values.yaml`, text: yaml(values) });
