import { readFile } from "node:fs/promises";
import path from "node:path";
import { buffer as readAll } from "node:stream/consumers";
import type { Plain } from "../../core/compare.ts";
import { isRecord } from "../../core/compare.ts";
import { exactJson } from "../../core/exact-json.ts";
import { failure, kinds } from "../../errors.ts";
import type { Prompts } from "../render/prompts.ts";
import type { CallWith } from "./command.ts";
import { envFile } from "./env-file.ts";
import type { secretPutOptions } from "./own-options.ts";

type Values = Record<string, Plain>;

/** Values from one place, and the keys of those that stand in quotes. */
interface Given {
  readonly values: Readonly<Values>;
  readonly quoted: readonly string[];
}

interface Told {
  readonly prompts: Prompts;
  /** Told what a person may not have meant; without a value. */
  readonly notice: (words: string) => void;
}

/**
 * The values of `secret put`: from standard input, from files, or asked for. Never from the command line.
 * @throws CliError VK1001 or VK1009; no message holds a value.
 */
export async function secretValues(call: CallWith<typeof secretPutOptions>, { prompts, notice }: Told): Promise<Values> {
  const keys = call.args.slice(1);
  refuseValues(keys);
  const values: Values = Object.create(null);
  for (const { values: given, quoted } of await givenValues(call, keys)) {
    Object.assign(values, given);
    if (quoted.length > 0) notice(`Quotes are part of a value, as with kubectl's --from-env-file: ${quoted.join(", ")}`);
  }
  const asked = keys.filter((each) => each !== "-");
  if (!prompts.possible && (asked.length > 0 || Object.keys(values).length === 0)) throw nobodyThere();
  for (const key of asked) values[key] = await prompts.hidden(`${key}:`);
  if (Object.keys(values).length === 0) await askForAll(values, prompts);
  return values;
}

/** From files and standard input, the later ones over the earlier ones. */
async function givenValues(
  { options: { fromJson, fromFile = [], fromEnvFile = [] }, host }: CallWith<typeof secretPutOptions>,
  keys: readonly string[],
): Promise<Given[]> {
  const given: Given[] = [];
  if (fromJson !== undefined) given.push({ values: parseJson(await file(fromJson, host.cwd), fromJson), quoted: [] });
  for (const name of fromEnvFile) given.push(envFile(await file(name, host.cwd), name));
  for (const pair of fromFile) given.push({ values: await keyFile(pair, host.cwd), quoted: [] });
  if (keys.includes("-")) given.push(parseInput(utf8(await readAll(host.streams.stdin), "standard input")));
  return given;
}

function refuseValues(keys: readonly string[]): void {
  const [key] = keys.find((each) => each.includes("="))?.split("=") ?? [];
  if (key === undefined) return;
  throw failure(kinds.usage, {
    what: `The value of ${key} stands on the command line`,
    why: "Every user of the machine can read it there, and it stays in the shell's history.",
    fix: `Name the key alone to be asked for it, or send "${key}=…" to standard input: secret put PATH -`,
  });
}

/** A JSON object, or lines of key=value as in a .env file. @param from What it is called in a refusal. */
export function parseInput(text: string, from = "standard input"): Given {
  return text.trimStart().startsWith("{") ? { values: parseJson(text, from), quoted: [] } : envFile(text, from);
}

function parseJson(text: string, from: string): Values {
  let value: unknown;
  try {
    value = exactJson(text);
  } catch {
    // What the parser says quotes the text, which holds the secret.
    throw failure(kinds.badInput, { what: `There is no JSON in ${from}`, fix: "It must be one JSON object: each key with its value." });
  }
  if (isRecord(value) && Object.keys(value).length > 0) return { ...value } as Values;
  throw failure(kinds.badInput, {
    what: `There is no JSON object with keys in ${from}`,
    fix: "It must be one JSON object: each key with its value.",
  });
}

async function keyFile(pair: string, cwd: string): Promise<Values> {
  const at = pair.indexOf("=");
  if (at < 1) throw failure(kinds.usage, { what: `--from-file ${pair} names no key`, fix: "Write --from-file KEY=FILE." });
  return { [pair.slice(0, at)]: await file(pair.slice(at + 1), cwd, true) };
}

async function file(name: string, cwd: string, keepBom = false): Promise<string> {
  const bytes = await readFile(path.resolve(cwd, name)).catch((error: NodeJS.ErrnoException) => {
    throw failure(kinds.badInput, { what: `${name} cannot be read`, why: error.code, fix: "Name a file that is there." });
  });
  return utf8(bytes, name, keepBom);
}

/** @param keepBom Where the bytes are a value: in front of lines and JSON a byte order mark says nothing. */
function utf8(bytes: Uint8Array, name: string, keepBom = false): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: keepBom }).decode(bytes);
  } catch {
    throw failure(kinds.badInput, {
      what: `${name} is not text in UTF-8`,
      why: "Vault keeps secrets as JSON, which holds text.",
      fix: "Encode it first, for instance with base64.",
    });
  }
}

async function askForAll(values: Values, prompts: Prompts): Promise<void> {
  for (;;) {
    const key = (await prompts.text(`Key${Object.keys(values).length === 0 ? "" : " (empty when done)"}:`)).trim();
    if (key === "" && Object.keys(values).length > 0) return;
    if (key !== "") values[key] = await prompts.hidden(`${key}:`);
  }
}

const nobodyThere = () =>
  failure(kinds.notConfirmed, {
    what: "Values are missing, and nobody is there to be asked",
    fix: "Send them to standard input and add -, or use --from-file, --from-env-file or --from-json.",
  });
