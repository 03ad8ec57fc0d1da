import { readFile } from "node:fs/promises";
import path from "node:path";
import { text as readAll } from "node:stream/consumers";
import type { Plain } from "../../core/compare.ts";
import { isRecord } from "../../core/compare.ts";
import { exactJson } from "../../core/exact-json.ts";
import { failure, kinds } from "../../errors.ts";
import type { Prompts } from "../render/prompts.ts";
import type { CallWith } from "./command.ts";
import type { secretPutOptions } from "./own-options.ts";

type Values = Record<string, Plain>;

/**
 * The values of `secret put`: from standard input, from files, or asked for. Never from the command line.
 * @throws CliError VK1001 or VK1009; no message holds a value.
 */
export async function secretValues(
  { args, options: { fromJson, fromFile = [] }, host }: CallWith<typeof secretPutOptions>,
  prompts: Prompts,
): Promise<Values> {
  const keys = args.slice(1);
  refuseValues(keys);
  const values: Values = Object.create(null);
  if (fromJson !== undefined) Object.assign(values, parseJson(await file(fromJson, host.cwd), fromJson));
  for (const pair of fromFile) Object.assign(values, await keyFile(pair, host.cwd));
  if (keys.includes("-")) Object.assign(values, parseInput(await readAll(host.streams.stdin)));
  const asked = keys.filter((each) => each !== "-");
  if (!prompts.possible && (asked.length > 0 || Object.keys(values).length === 0)) throw nobodyThere();
  for (const key of asked) values[key] = await prompts.hidden(`${key}:`);
  if (Object.keys(values).length === 0) await askForAll(values, prompts);
  return values;
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

/** A JSON object, or lines of key=value. */
export function parseInput(text: string): Values {
  if (text.trimStart().startsWith("{")) return parseJson(text, "standard input");
  const lines = text
    .split(/\r?\n/)
    .map((line, index) => ({ line, number: index + 1 }))
    .filter(({ line }) => line.trim() !== "");
  if (lines.length === 0)
    throw failure(kinds.badInput, { what: "Standard input holds no values", fix: "Send a JSON object, or lines of key=value." });
  return Object.fromEntries(
    lines.map(({ line, number }) => {
      const at = line.indexOf("=");
      if (at < 1)
        throw failure(kinds.badInput, {
          what: `Line ${number} of standard input is not key=value`,
          fix: "Send a JSON object, or lines of key=value.",
        });
      return [line.slice(0, at).trim(), line.slice(at + 1)];
    }),
  );
}

function parseJson(text: string, from: string): Values {
  let value: unknown;
  try {
    value = exactJson(text);
  } catch {
    // What the parser says quotes the text, which holds the secret.
    throw failure(kinds.badInput, { what: `${from} does not hold JSON`, fix: "It must be one JSON object: each key with its value." });
  }
  if (isRecord(value) && Object.keys(value).length > 0) return { ...value } as Values;
  throw failure(kinds.badInput, {
    what: `${from} does not hold a JSON object with keys`,
    fix: "It must be one JSON object: each key with its value.",
  });
}

async function keyFile(pair: string, cwd: string): Promise<Values> {
  const at = pair.indexOf("=");
  if (at < 1) throw failure(kinds.usage, { what: `--from-file ${pair} names no key`, fix: "Write --from-file KEY=FILE." });
  return { [pair.slice(0, at)]: await file(pair.slice(at + 1), cwd) };
}

async function file(name: string, cwd: string): Promise<string> {
  const bytes = await readFile(path.resolve(cwd, name)).catch((error: NodeJS.ErrnoException) => {
    throw failure(kinds.badInput, { what: `${name} cannot be read`, why: error.code, fix: "Name a file that is there." });
  });
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
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
    fix: "Send them to standard input and add -, or use --from-file or --from-json.",
  });
