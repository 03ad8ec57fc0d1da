import { readFile, stat } from "node:fs/promises";
import path from "node:path";
import { SameFiles } from "../core/same-file.ts";
import { failure, kinds } from "../errors.ts";
import type { Entries } from "./entries.ts";
import type { FleetFile } from "./fleet.ts";
import { refuseForeign } from "./found-file.ts";

/** What vault-k8s.yaml says: for all clusters, and for each. */
export interface ConfigFile {
  /** As a person would type it. */
  readonly shown: string;
  readonly absolute: string;
  /** Nobody named it: it lay in the working folder. */
  readonly found: boolean;
  /** The folder that its relative paths start from. */
  readonly folder: string;
  readonly top: Entries;
  readonly clusters: ReadonlyMap<string, Entries>;
  readonly fleet?: FleetFile;
}

const defaultFile = "vault-k8s.yaml";
const largest = 256 * 1024;

/**
 * Reads the file that was named, or vault-k8s.yaml where it is there; undefined when there is none.
 * @throws CliError VK1003 with file, line and column, VK1011 for a file of somebody else that was not named.
 */
export async function loadConfigFile(
  named: string | undefined,
  cwd: string,
  env: Readonly<Record<string, string | undefined>> = {},
): Promise<ConfigFile | undefined> {
  const shown = named ?? defaultFile;
  const absolute = path.resolve(cwd, shown);
  const said = await read.of(absolute, shown, () => whatItSays(absolute, shown, named !== undefined));
  if (said === undefined) return undefined;
  if (named === undefined) await refuseForeign(absolute, shown, env);
  return { shown, absolute, found: named === undefined, folder: path.dirname(absolute), ...said };
}

type Says = Pick<ConfigFile, "top" | "clusters" | "fleet">;

/** A look at many clusters asks for the same file once for each. */
const read = new SameFiles<Says | undefined>();

async function whatItSays(absolute: string, shown: string, mustExist: boolean): Promise<Says | undefined> {
  const text = await readText(absolute, shown, mustExist);
  if (text === undefined) return undefined;
  const { parseConfig } = await import("./parse.ts");
  return parseConfig(text, shown);
}

async function readText(absolute: string, shown: string, mustExist: boolean): Promise<string | undefined> {
  const bytes = await readBytes(absolute, shown).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT" && !mustExist) return undefined;
    if (error.code === undefined) throw error;
    throw unreadable(shown, reasons[error.code] ?? error.code);
  });
  return bytes === undefined ? undefined : decode(bytes, shown);
}

const reasons: Readonly<Record<string, string>> = {
  ENOENT: "There is no such file.",
  EISDIR: "It is a folder.",
  EACCES: "You may not read it.",
  ENOTDIR: "A part of its path is not a folder.",
};

async function readBytes(absolute: string, shown: string): Promise<Buffer> {
  const { size } = await stat(absolute);
  if (size > largest) throw unreadable(shown, `It has ${size} bytes; a configuration file has at most ${largest}.`);
  return await readFile(absolute);
}

function decode(bytes: Buffer, shown: string): string {
  try {
    const text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    if (!text.includes("\0")) return text;
  } catch {
    // Not UTF-8: said below.
  }
  throw unreadable(shown, "It is not a text file in UTF-8.");
}

const unreadable = (shown: string, why: string) =>
  failure(kinds.badConfig, { what: `The configuration file ${shown} cannot be read`, why, fix: "Name another with -f, or correct it." });
