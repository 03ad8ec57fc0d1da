import stringWidth from "fast-string-width";

const widest = 100;

/**
 * Breaks text into lines that fit `columns`, each behind `lead`; without columns (no terminal) lines stay as they are,
 * so that they can be searched. Words are never broken.
 */
export function wrap(text: string, lead: string, columns: number | undefined): string {
  const width = columns === undefined ? Number.POSITIVE_INFINITY : Math.max(20, Math.min(columns, widest) - lead.length);
  return text
    .split("\n")
    .flatMap((line) => wrapLine(line, width))
    .map((line) => `${lead}${line}`)
    .join("\n");
}

function wrapLine(line: string, width: number): string[] {
  if (stringWidth(line) <= width) return [line];
  const lines: string[] = [];
  let current = "";
  for (const word of line.split(" ")) {
    if (current !== "" && stringWidth(current) + 1 + stringWidth(word) > width) {
      lines.push(current);
      current = word;
    } else current = current === "" ? word : `${current} ${word}`;
  }
  return [...lines, current];
}
