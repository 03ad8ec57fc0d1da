import { createHash, randomUUID } from "node:crypto";
import { readdir, readFile, stat } from "node:fs/promises";
import path from "node:path";
import type { Raw } from "./coerce.ts";
import type { Entries } from "./entries.ts";
import type { ConfigFile } from "./file.ts";
import type { FieldName } from "./fields.ts";
import { fieldNames, table } from "./keys.ts";
import { steeringFields } from "./steering.ts";

/** Keys that choose the cluster, the pods and the address that tokens go to, besides those that a found file may not decide. */
const choosing = /^(cluster|context|auth\.kubernetesHost|vault\.(installNamespace|release|namespace))$/;

const namesFile = (name: FieldName): boolean => ["path", "pathList", "pathOrName"].includes(String(table[name].type));

/** The settings that a change of the file decides only once it was reviewed: what steers, what chooses, and every file that is read. */
export const reviewedFields: readonly FieldName[] = fieldNames.filter(
  (name) => steeringFields.includes(name) || choosing.test(table[name].key ?? "") || (table[name].key !== undefined && namesFile(name)),
);

/** One such setting that two files say differently; undefined where a file does not say it. */
export interface ReviewedChange {
  readonly key: string;
  readonly before: Raw | undefined;
  readonly after: Raw | undefined;
  /** Both say the same name, and what lies there differs. */
  readonly content?: true;
}

/** What a file changes of another in these settings, and in the files that they name beside each. */
export async function reviewedChanges(base: ConfigFile, head: ConfigFile): Promise<readonly ReviewedChange[]> {
  const clusters = [...new Set([...base.clusters.keys(), ...head.clusters.keys()])];
  const parts = [undefined, ...clusters].flatMap((cluster) => reviewedFields.map((name) => ({ cluster, name })));
  const changes = await Promise.all(parts.map(({ cluster, name }) => changeOf(said(base, cluster, name), said(head, cluster, name), name)));
  const ofClusters = parts.flatMap(({ cluster, name }, index) => {
    const change = changes[index];
    const key = table[name].key ?? name;
    return change === undefined ? [] : [{ key: cluster === undefined ? key : `clusters.${cluster}.${key}`, ...change }];
  });
  return [...ofClusters, ...(await changesOfFleet(base, head))];
}

/** Where clusters come from, and which programs give their credentials. */
async function changesOfFleet(base: ConfigFile, head: ConfigFile): Promise<ReviewedChange[]> {
  const [before, after] = [base, head].map((file) => new Map(file.fleet?.says.map(({ key, text }) => [key, text])));
  const said = [...new Set([...(before?.keys() ?? []), ...(after?.keys() ?? [])])].flatMap((key) => {
    const change = { key, before: before?.get(key), after: after?.get(key) };
    return change.before === change.after ? [] : [change];
  });
  const defaults = await Promise.all(reviewedFields.map((name) => changeOf(ofDefaults(base, name), ofDefaults(head, name), name)));
  const changed = reviewedFields.flatMap((name, index) =>
    defaults[index] === undefined ? [] : [{ key: `fleet.defaults.${table[name].key ?? name}`, ...defaults[index] }],
  );
  return [...said, ...changed];
}

const ofDefaults = ({ fleet, folder }: ConfigFile, name: FieldName): Said => ({ raw: fleet?.defaults.get(name)?.raw, folder });

interface Said {
  readonly raw: Raw | undefined;
  readonly folder: string;
}

function said({ top, clusters, folder }: ConfigFile, cluster: string | undefined, name: FieldName): Said {
  const entries: Entries | undefined = cluster === undefined ? top : clusters.get(cluster);
  return { raw: entries?.get(name)?.raw, folder };
}

async function changeOf(base: Said, head: Said, name: FieldName): Promise<Omit<ReviewedChange, "key"> | undefined> {
  const [before, after] = [base.raw, head.raw];
  if (JSON.stringify(before) !== JSON.stringify(after)) return { before, after };
  if (after === undefined || !namesFile(name)) return undefined;
  const [was, is] = await Promise.all([base, head].map(digests));
  return was === is ? undefined : { before, after, content: true };
}

async function digests({ raw = [], folder }: Said): Promise<string> {
  const names = typeof raw === "string" ? [raw] : raw;
  return (await Promise.all(names.map((name) => digest(path.resolve(folder, name))))).join("\n");
}

/** Of a file, or of a folder such as a chart with all that is in it. What cannot be read is as if it were not there. */
async function digest(file: string): Promise<string> {
  const found = await stat(file).catch(() => undefined);
  if (found?.isDirectory() === true) return await folderDigest(file);
  const text = found?.isFile() === true ? await readFile(file).catch(() => undefined) : undefined;
  return text === undefined ? "" : createHash("sha256").update(text).digest("hex");
}

async function folderDigest(folder: string): Promise<string> {
  const entries = (await readdir(folder, { recursive: true, withFileTypes: true })).filter((entry) => !entry.isDirectory());
  const files = entries.map((entry) => path.join(entry.parentPath, entry.name)).sort();
  const rows = await Promise.all(files.map(async (file) => JSON.stringify([path.relative(folder, file), await digestWithin(file)])));
  return createHash("sha256").update(rows.join("\n")).digest("hex");
}

/** A link to a folder may lead in a circle: it is never the same as another. */
const digestWithin = async (file: string): Promise<string> =>
  (await stat(file).catch(() => undefined))?.isDirectory() === true ? randomUUID() : await digest(file);
