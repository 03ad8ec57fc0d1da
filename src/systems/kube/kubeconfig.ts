import { readFile } from "node:fs/promises";
import path from "node:path";
import { SameFiles } from "../../core/same-file.ts";
import { failure, kinds } from "../../errors.ts";
import { yamlValue } from "../yaml-value.ts";
import { decoded, firstDocument } from "./kubeconfig-text.ts";
import {
  issue,
  kubeconfigFile,
  type ClusterEntry,
  type ContextEntry,
  type ExecEntry,
  type KubeconfigFile,
  type Named,
  type UserEntry,
} from "./kubeconfig-shape.ts";

/** What all files of a kubeconfig say together. */
export interface Kubeconfig {
  /** For people: the file or files it was read from. */
  readonly from: string;
  readonly currentContext: string | undefined;
  readonly clusters: ReadonlyMap<string, ClusterEntry>;
  readonly users: ReadonlyMap<string, UserEntry>;
  /** With those that cannot be used. */
  readonly contexts: ReadonlyMap<string, ContextEntry>;
  /** Why an entry cannot be used, by its kind and name: years of tools leave half ones, which are in the way of nothing. */
  readonly flaws: Readonly<Record<"cluster" | "user" | "context", ReadonlyMap<string, string>>>;
}

/**
 * Reads the kubeconfig as kubectl does: `file` alone where it is given, else the files of KUBECONFIG, else ~/.kube/config.
 * Of two entries with one name the first counts, paths are relative to their file, and of a list of files missing ones are skipped.
 * https://kubernetes.io/docs/concepts/configuration/organize-cluster-access-kubeconfig/
 * @throws CliError VK1101 when there is none or it cannot be read; it shows no line of the file.
 */
export async function readKubeconfig(file: string | undefined, env: NodeJS.ProcessEnv, home: string): Promise<Kubeconfig> {
  const files = file !== undefined ? [file] : kubeconfigFiles(env, home);
  const read = await Promise.all(files.map((name) => known.of(name, "", () => readOne(name))));
  const found = read.filter((one) => one !== undefined);
  const isNamed = file !== undefined || (env["KUBECONFIG"] ?? "") !== "";
  if (found.length === 0) throw missing(files.join(", ") || "KUBECONFIG", isNamed ? undefined : nowhere);
  const from = files.join(", ");
  return alone(found, from) ?? together(found, from);
}

/** What was made of a file that is read alone, for as long as it stays the same: a fleet asks for it once for each of its clusters. */
const wholes = new WeakMap<KubeconfigFile, Kubeconfig>();

function alone([file, ...others]: readonly KubeconfigFile[], from: string): Kubeconfig | undefined {
  if (file === undefined || others.length > 0) return undefined;
  const known = wholes.get(file);
  if (known?.from === from) return known;
  const whole = together([file], from);
  wholes.set(file, whole);
  return whole;
}

/**
 * What one text says that lay in no file. Paths in it stay as they are.
 * @param from where it lay, for people
 * @throws CliError VK1101 that shows no line of it
 */
export const kubeconfigIn = (text: string, from: string): Kubeconfig => together([parse(from, text)], from);

function together(found: readonly KubeconfigFile[], from: string): Kubeconfig {
  const [clusters, users, contexts] = [
    firstWins(found.map((one) => one.clusters)),
    firstWins(found.map((one) => one.users)),
    firstWins(found.map((one) => one.contexts)),
  ];
  return {
    from,
    currentContext: found.map((one) => one["current-context"]).find((name) => name !== undefined),
    clusters: entries(clusters),
    users: entries(users),
    contexts: new Map(contexts.map(({ name, entry }) => [name, entry ?? { cluster: "", user: undefined, namespace: undefined }])),
    flaws: { cluster: flaws(clusters), user: flaws(users), context: flaws(contexts) },
  };
}

const nowhere = "This is no pod either whose service account could be used.";

/** A look at many clusters asks for the same files once for each. */
const known = new SameFiles<KubeconfigFile | undefined>();

/** Empty names in KUBECONFIG are no files. */
function kubeconfigFiles(env: NodeJS.ProcessEnv, home: string): string[] {
  const listed = env["KUBECONFIG"] ?? "";
  if (listed === "") return [defaultFile(home)];
  return [...new Set(listed.split(path.delimiter).filter((name) => name !== ""))];
}

/** The file that is read where none is named. */
export const defaultFile = (home: string): string => path.join(home, ".kube", "config");

async function readOne(file: string): Promise<KubeconfigFile | undefined> {
  const source = await readFile(file).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return undefined;
    throw broken(file, `It cannot be read (${error.code ?? "unknown"}).`);
  });
  return source === undefined ? undefined : withAbsolutePaths(parse(file, decoded(source)), path.dirname(path.resolve(file)));
}

function parse(file: string, source: string): KubeconfigFile {
  const document = firstDocument(source);
  const [mistake] = document?.errors ?? [];
  if (mistake !== undefined)
    throw broken(
      file,
      `It is not YAML: ${mistake.code} at line ${mistake.linePos?.[0].line ?? "?"}, column ${mistake.linePos?.[0].col ?? "?"}.`,
    );
  const value = document && yamlValue(document, () => broken(file, "Its aliases (*name) cannot be resolved."));
  const result = kubeconfigFile.safeParse(value ?? {});
  if (!result.success) throw broken(file, `It does not have the shape of a kubeconfig: ${issue(result.error)}.`);
  return result.data;
}

function withAbsolutePaths(parsed: KubeconfigFile, folder: string): KubeconfigFile {
  const absolute = (name: string | undefined) => (name === undefined ? undefined : path.resolve(folder, name));
  const command = (exec: ExecEntry) =>
    exec.command?.includes("/") === true ? { ...exec, command: path.resolve(folder, exec.command) } : exec;
  return {
    ...parsed,
    clusters: each(parsed.clusters, (entry) => ({ ...entry, "certificate-authority": absolute(entry["certificate-authority"]) })),
    users: each(parsed.users, (entry) => ({
      ...entry,
      "client-certificate": absolute(entry["client-certificate"]),
      "client-key": absolute(entry["client-key"]),
      tokenFile: absolute(entry.tokenFile),
      exec: entry.exec ? command(entry.exec) : undefined,
    })),
  };
}

const each = <E>(list: readonly Named<E>[], change: (entry: E) => E): Named<E>[] =>
  list.map((one) => ({ ...one, entry: one.entry === undefined ? undefined : change(one.entry) }));

/** An entry is that of the first file that has it, whole. */
function firstWins<E>(lists: readonly (readonly Named<E>[])[]): Named<E>[] {
  const all = new Map<string, Named<E>>();
  for (const one of lists.flat()) if (!all.has(one.name)) all.set(one.name, one);
  return [...all.values()];
}

const entries = <E>(list: readonly Named<E>[]): Map<string, E> =>
  new Map(list.flatMap(({ name, entry }) => (entry === undefined ? [] : [[name, entry] as const])));

const flaws = <E>(list: readonly Named<E>[]): Map<string, string> =>
  new Map(list.flatMap(({ name, flaw }) => (flaw === undefined ? [] : [[name, flaw] as const])));

const broken = (file: string, why: string) =>
  failure(kinds.kubeconfig, { what: `The kubeconfig ${file} cannot be used`, why, fix: "Mend it, or name another with --kubeconfig." });
const missing = (file: string, why?: string) =>
  failure(kinds.kubeconfig, {
    what: `There is no kubeconfig at ${file}`,
    why,
    fix: "Name it with --kubeconfig or KUBECONFIG; your cluster's provider tells how to get one.",
  });
