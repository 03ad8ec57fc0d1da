import { word } from "./shell.ts";
import { template } from "./template.ts";

/** What a text of a shell is given: a word, several words, or code of a shell, which alone stands there as it is. */
export type ShellValue = string | number | readonly string[] | { readonly code: string };

/**
 * A shell text of templates/, without the ends of lines around it. Each `${name}` in it is a value, quoted where it is no code; a variable of
 * the shell's own is written `$name` there.
 */
export const shellText = (file: string, values: Readonly<Record<string, ShellValue>> = {}): string =>
  template(file, Object.fromEntries(Object.entries(values).map(([name, value]) => [name, asText(value)]))).trim();

function asText(value: ShellValue): string {
  if (typeof value === "object" && "code" in value) return value.code;
  return (Array.isArray(value) ? value : [String(value)]).map(word).join(" ");
}
