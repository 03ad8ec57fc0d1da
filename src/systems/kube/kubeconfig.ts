import { readFile } from "node:fs/promises";
import path from "node:path";
import { parseDocument } from "yaml";
import { SameFiles } from "../../core/same-file.ts";
import { failure, kinds } from "../../errors.ts";
import { yamlValue } from "../yaml-value.ts";
import {
  issue,
  kubeconfigFile,
  type ClusterEntry,
  type ContextEntry,
  type ExecEntry,
  type KubeconfigFile,
  type UserEntry,
} from "./kubeconfig-shape.ts";

/** What all files of a kubeconfig say together. */
export interface Kubeconfig {
  /** For people: the file or files it was read from. */
  readonly from: string;
  readonly currentContext: string | undefined;
  readonly clusters: ReadonlyMap<string, ClusterEntry>;
  readonly users: ReadonlyMap<string, UserEntry>;
  readonly contexts: ReadonlyMap<string, ContextEntry>;
}

/**
 * Reads the kubeconfig as kubectl does: `file` alone where it is given, else the files of KUBECONFIG, else ~/.kube/config.
 * Of two entries with one name the first counts, paths are relative to their file, and of a list of files missing ones are skipped.
 * https://kubernetes.io/docs/concepts/configuration/organize-cluster-access-kubeconfig/
 * @throws CliError VK1101 when there is none or it cannot be read; it shows no line of the file.
 */
export async function readKubeconfig(file: string | undefined, env: NodeJS.ProcessEnv, home: string): Promise<Kubeconfig> {
  const files = file !== undefined ? [file] : kubeconfigFiles(env, home);
  const read = await Promise.all(files.map((name) => known.of(name, "", () => readOne(name, files.length > 1))));
  const found = read.filter((one) => one !== undefined);
  if (found.length === 0) throw missing(files.join(", "));
  return {
    from: files.join(", "),
    currentContext: found.map((one) => one["current-context"]).find((name) => name !== undefined && name !== ""),
    clusters: firstWins(found.map((one) => one.clusters)),
    users: firstWins(found.map((one) => one.users)),
    contexts: firstWins(found.map((one) => one.contexts)),
  };
}

/** A look at many clusters asks for the same files once for each. */
const known = new SameFiles<KubeconfigFile | undefined>();

function kubeconfigFiles(env: NodeJS.ProcessEnv, home: string): string[] {
  const listed = (env["KUBECONFIG"] ?? "").split(path.delimiter).filter((name) => name !== "");
  return listed.length > 0 ? listed : [path.join(home, ".kube", "config")];
}

async function readOne(file: string, mayBeMissing: boolean): Promise<KubeconfigFile | undefined> {
  const source = await readFile(file, "utf8").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return undefined;
    throw broken(file, `It cannot be read (${error.code ?? "unknown"}).`);
  });
  if (source === undefined && !mayBeMissing) throw missing(file);
  return source === undefined ? undefined : withAbsolutePaths(parse(file, source), path.dirname(path.resolve(file)));
}

function parse(file: string, source: string): KubeconfigFile {
  const document = parseDocument(source, { prettyErrors: true });
  const [mistake] = document.errors;
  if (mistake !== undefined)
    throw broken(
      file,
      `It is not YAML: ${mistake.code} at line ${mistake.linePos?.[0].line ?? "?"}, column ${mistake.linePos?.[0].col ?? "?"}.`,
    );
  const value = yamlValue(document, () => broken(file, "Its aliases (*name) cannot be resolved."));
  const result = kubeconfigFile.safeParse(value ?? {});
  if (!result.success) throw broken(file, `It does not have the shape of a kubeconfig: ${issue(result.error)}.`);
  return result.data;
}

function withAbsolutePaths(parsed: KubeconfigFile, folder: string): KubeconfigFile {
  const absolute = (name: string | undefined) => (name === undefined || name === "" ? undefined : path.resolve(folder, name));
  const command = (exec: ExecEntry) => (exec.command.includes("/") ? { ...exec, command: path.resolve(folder, exec.command) } : exec);
  return {
    ...parsed,
    clusters: parsed.clusters?.map(({ name, entry }) => ({
      name,
      entry: { ...entry, "certificate-authority": absolute(entry["certificate-authority"]) },
    })),
    users: parsed.users?.map(({ name, entry }) => ({
      name,
      entry: {
        ...entry,
        "client-certificate": absolute(entry["client-certificate"]),
        "client-key": absolute(entry["client-key"]),
        tokenFile: absolute(entry.tokenFile),
        exec: entry.exec ? command(entry.exec) : undefined,
      },
    })),
  };
}

function firstWins<E>(lists: readonly (readonly { name: string; entry: E }[] | null | undefined)[]): Map<string, E> {
  const all = new Map<string, E>();
  for (const { name, entry } of lists.flatMap((list) => list ?? [])) if (!all.has(name)) all.set(name, entry);
  return all;
}

const broken = (file: string, why: string) =>
  failure(kinds.kubeconfig, { what: `The kubeconfig ${file} cannot be used`, why, fix: "Mend it, or name another with --kubeconfig." });
const missing = (file: string) =>
  failure(kinds.kubeconfig, {
    what: `There is no kubeconfig at ${file}`,
    fix: "Name it with --kubeconfig or KUBECONFIG; your cluster's provider tells how to get one.",
  });
