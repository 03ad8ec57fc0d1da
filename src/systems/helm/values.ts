import { readFile } from "node:fs/promises";
import path from "node:path";
import { parseAllDocuments, type Document } from "yaml";
import { failure, kinds } from "../../errors.ts";
import { yamlValue } from "../yaml-value.ts";

/**
 * Looks at values files before helm does, to say where a mistake is.
 * @throws CliError VK1305 with file, line and column; it shows nothing of what is in the file.
 */
export async function checkValuesFiles(files: readonly string[], cwd: string): Promise<void> {
  await Promise.all(files.map((file) => checkOne(file, path.resolve(cwd, file))));
}

async function checkOne(shown: string, file: string): Promise<void> {
  const text = await readFile(file, "utf8").catch((error: NodeJS.ErrnoException) => {
    throw bad(`The values file ${shown} cannot be read`, error.code === "ENOENT" ? "It does not exist." : error.code);
  });
  const [document, second] = [...parseAllDocuments(text, { prettyErrors: true, logLevel: "error" })];
  const [mistake] = document?.errors ?? [];
  if (mistake !== undefined)
    throw bad(
      `${shown}:${mistake.linePos?.[0].line ?? "?"}:${mistake.linePos?.[0].col ?? "?"}: the values file is not YAML`,
      `The parser says: ${sentenceOf(mistake.code)}.`,
    );
  if (second !== undefined) throw bad(`The values file ${shown} has several YAML documents`, "helm reads only the first.");
  const aliases = () => bad(`The values file ${shown} cannot be read`, "Its aliases (*name) cannot be resolved.");
  const value = document === undefined ? undefined : yamlValue(document as Document, aliases);
  if (value !== undefined && value !== null && (typeof value !== "object" || Array.isArray(value)))
    throw bad(`The values file ${shown} does not hold values`, "It has to be a mapping: key: value.");
}

/** MULTILINE_IMPLICIT_KEY as words; the parser's own message may quote the file. */
const sentenceOf = (code: string): string => code.toLowerCase().replaceAll("_", " ");

const bad = (what: string, why: string | undefined) =>
  failure(kinds.badValues, { what, why, fix: "Correct the file, or leave it out of --values." });
