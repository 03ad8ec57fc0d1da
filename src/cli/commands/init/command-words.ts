import type { FieldName } from "../../../config/fields.ts";
import { fieldNames, table } from "../../../config/keys.ts";
import { word } from "../../../core/shell.ts";
import type { Answers } from "./answers.ts";
import { calledAs } from "../../called-as.ts";

/** The bootstrap that does the same without a file, as it is typed. What is the default anyway is left out. */
export function bootstrapLine(answers: Answers, kubeconfig: string | undefined): string {
  const all: Answers = { ...answers, kubeconfig };
  const flags = fieldNames.flatMap((name) => wordsOf(name, all[name]));
  return [`${calledAs()} bootstrap`, ...flags].join(" ");
}

function wordsOf(name: FieldName, answer: Answers[FieldName]): string[] {
  const { flag, default: preset } = table[name];
  if (answer === undefined || String(answer) === String(preset)) return [];
  if (typeof answer === "boolean") return [answer ? `--${flag}` : `--no-${flag}`];
  return (typeof answer === "string" ? [answer] : answer).map((value) => `--${flag} ${word(value)}`);
}
