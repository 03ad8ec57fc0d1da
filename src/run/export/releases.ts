import { isRecord, type Plain } from "../../core/compare.ts";
import { holdsSecret as byName } from "../../core/secret-names.ts";
import type { Redactor } from "../../core/redact.ts";
import { failure, kinds } from "../../errors.ts";
import { secretsInValues } from "../../systems/chart-values.ts";
import { holdsSecret, redactorOf } from "../../systems/redaction.ts";
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

/**
 * @param values our values with the user's files and --set laid over them
 * @throws CliError VK1004 for a chart whose repository is named with a password.
 */
export function exportedRelease({ release: { name, namespace, chart }, waits }: ReleaseContent, values: Plain): ExportedRelease {
  refusePassword(chart);
  const leftOut: string[] = [];
  const redact = redactorOf(secretsInValues(values));
  return { name, namespace, chart, values: withoutSecrets(values, "", { redact, leftOut }), leftOut, waits };
}

function refusePassword({ chart, repo = "" }: ChartRef): void {
  if (!holdsSecret(chart) && !holdsSecret(repo)) return;
  throw failure(kinds.badValue, {
    what: `The address of chart ${redactorOf().text(chart)} holds a password, and an export holds no secrets`,
    fix: "Name the chart and its repository without it, and give the credentials to what will fetch it: helm repo add, Argo CD, Flux.",
  });
}

interface Out {
  /** Knows the secrets of all values: one may stand a second time where nothing says so. */
  readonly redact: Redactor;
  readonly leftOut: string[];
}

/** A path is written as helm and Flux read it: "a.b", "list[0].value". Of a list of texts all goes: the others would move up. */
function withoutSecrets(value: Plain, path: string, out: Out): Plain {
  if (Array.isArray(value)) return value.map((item: Plain, index) => withoutSecrets(item, `${path}[${index}]`, out));
  if (!isRecord(value)) return value;
  const kept = Object.entries(value).filter(([key, inner]) => {
    const secret = isSecret(value, key, inner ?? null, out.redact);
    if (secret) out.leftOut.push(join(path, out.redact.text(key)));
    return !secret;
  });
  return Object.fromEntries(kept.map(([key, inner]) => [key, withoutSecrets(inner ?? null, join(path, key), out)])) as Plain;
}

/** By its name, as what a Secret holds, or by what its text looks like. */
function isSecret(record: Readonly<Record<string, Plain | undefined>>, key: string, inner: Plain, redact: Redactor): boolean {
  if (record["kind"] === "Secret" && ["data", "stringData"].includes(key)) return true;
  const named = byName(record, key) && ["string", "number"].includes(typeof inner) && inner !== "";
  const texts = (Array.isArray(inner) ? (inner as readonly Plain[]) : [inner]).filter((each) => typeof each === "string");
  return named || [key, ...texts].some((text) => redact.text(text) !== text);
}

const join = (path: string, key: string): string => `${path === "" ? "" : `${path}.`}${key.replaceAll(".", "\\.")}`;

/** The values of a release as a file for helm. */
export const valuesFile = ({ name, values }: ExportedRelease): ExportedFile => ({ path: `helm/${name}.values.yaml`, text: yaml(values) });
