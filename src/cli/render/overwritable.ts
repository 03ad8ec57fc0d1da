import stringWidth from "fast-string-width";
import type { Terminal } from "./terminal.ts";

/** On a terminal what is under way stands in a line that the next one replaces; elsewhere each is a line of its own. */
export function overwritable({ err, overwrites, columns }: Terminal) {
  let shown = false;
  let last = "";
  const clear = (): void => {
    if (shown) err("\r\u001b[2K");
    shown = false;
  };
  const line = (text: string): void => {
    clear();
    err(`${text}\n`);
  };
  const passing = (text: string): void => {
    if (text === last) return;
    last = text;
    if (!overwrites) return line(text);
    clear();
    err(cut(text, columns ?? 80));
    shown = true;
  };
  return { clear, line, passing };
}

function cut(text: string, columns: number): string {
  let rest = text;
  while (stringWidth(rest) >= columns && rest.length > 0) rest = rest.slice(0, -1);
  return rest;
}
