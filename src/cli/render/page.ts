import { wrap } from "./wrap.ts";

/**
 * A section of the docs for a terminal: its title first, paragraphs wrapped anew, links as people read them.
 * @param columns Undefined where it is no terminal: a paragraph is then one line.
 */
export function pageText(section: string, columns: number | undefined): string {
  const [title = "", ...rest] = section.split("\n");
  const paragraphs = rest
    .join("\n")
    .split(/\n{2,}|\n(?=- )/)
    .map((paragraph) => plainLinks(paragraph.trim().replaceAll(/\s*\n\s*/g, " ")))
    .filter((paragraph) => paragraph !== "");
  return `${[title, ...paragraphs.map((paragraph) => wrap(paragraph, "  ", columns))].join("\n\n")}\n`;
}

/** `[settings](settings.md#x)` names the file of the docs; a code has its page here, and needs none. */
const plainLinks = (text: string): string =>
  text.replaceAll(/\[([^\]]+)\]\(([^)]+)\)/g, (_, words: string, target: string) => {
    if (target.startsWith("#")) return words;
    return `${words} (${/^https?:/.test(target) ? target : `docs/${target.replace(/#.*$/, "")}`})`;
  });
