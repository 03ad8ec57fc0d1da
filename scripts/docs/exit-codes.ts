import { exitCodes } from "../../src/core/errors.ts";
import { kinds } from "../../src/errors.ts";
import { code, generated, tableOf } from "./markdown.ts";

/** What each exit code means, in Markdown. */
export const exitMeanings: Readonly<Record<keyof typeof exitCodes, string>> = {
  done: "All is done, or nothing was to do.",
  failed: "It failed: something exists that is not ours, a server refused or failed, a proof did not hold.",
  differences:
    "`status`: something is not ready, or differs. `verify`: the wiring works, and only the secret in Vault is missing. `operator unseal`: the unseal keys that were given were taken, and more are needed. `version --servers`: something is older than what is supported. `config compare`: the files differ in what wants a review. No other command ends with it.",
  usage: "The command line does not fit, or leaves open what must be said.",
  badInput: "The configuration, a value or a file cannot be used.",
  unreachable: "Vault or Kubernetes does not answer.",
  timedOut: "Something did not become ready in time. The same command goes on where it stopped.",
  refused: "Refused: a token that is not known, or a right that is missing.",
  interrupted: "Interrupted, or a question was not agreed to. The same command goes on where it stopped.",
};

/** docs/exit-codes.md */
export function exitCodesPage(): string {
  const rows = Object.entries(exitCodes).map(([name, number]) => {
    const ends = Object.values(kinds)
      .filter(({ exit }) => exit === number)
      .map((kind) => `[${kind.code}](errors.md#${anchor(kind.code, kind.title)})`);
    return [code(String(number)), exitMeanings[name as keyof typeof exitCodes], ends.join(" ")];
  });
  return `${generated}\n\n# Exit codes\n\nThe same for every command; a script may rely on them. Each failure has a code of its own too, which stays the same: see [errors](errors.md).\n\n${tableOf(["code", "meaning", "errors"], rows)}\n`;
}

/** The anchor that Markdown makes of a heading "VK1203 The Vault token may not do this". */
const anchor = (...words: readonly string[]): string =>
  words
    .join(" ")
    .toLowerCase()
    .replace(/[^\p{L}\p{N} _-]/gu, "")
    .replaceAll(" ", "-");
