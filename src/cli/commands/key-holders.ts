import { text as readAll } from "node:stream/consumers";
import type { KeyHolders } from "../../systems/world.ts";
import { failure, kinds } from "../../errors.ts";
import type { Prompts } from "../render/prompts.ts";

/** People at the terminal, asked without an echo; undefined where nobody can be asked. An empty answer ends it. @param makeWay Called before a question. */
export function askingHolders(prompts: Prompts, makeWay: () => void): KeyHolders | undefined {
  if (!prompts.possible) return undefined;
  let refused = "";
  return {
    insist: false,
    askAgain: true,
    refuse: (why) => void (refused = `${why}. `),
    next: async (progress) => {
      makeWay();
      const question = `${refused}Unseal key (${progress}; Enter alone stops)`;
      refused = "";
      const key = (
        await prompts.hidden(question, "What was done before stays. Vault remembers the keys that it has got until its pod restarts.")
      ).trim();
      return key === "" ? undefined : key;
    },
  };
}

/**
 * Keys from standard input: a line each, or the JSON document of a holder's share or of `vault operator init`. They are read when the first
 * one is needed.
 */
export function holdersFrom(stdin: NodeJS.ReadableStream): KeyHolders {
  let keys: string[] | undefined;
  return {
    insist: true,
    askAgain: false,
    refuse: () => undefined,
    next: async () => {
      keys ??= keysIn(await readAll(stdin));
      return keys.shift();
    },
  };
}

function keysIn(text: string): string[] {
  const keys = text.trimStart().startsWith("{")
    ? keysInJson(text)
    : text
        .split(/\r?\n/)
        .map((line) => line.trim())
        .filter((line) => line !== "");
  if (keys.length > 0) return keys;
  throw failure(kinds.badKey, {
    what: "Standard input holds no unseal key",
    fix: "Write one key a line, or give the JSON document of a share.",
  });
}

function keysInJson(text: string): string[] {
  try {
    const { key, unseal_keys_b64: all } = JSON.parse(text) as { key?: unknown; unseal_keys_b64?: unknown };
    const found = Array.isArray(all) ? all : [key];
    return found.filter((one) => typeof one === "string" && one !== "") as string[];
  } catch {
    return [];
  }
}
