/** A piece of a line in one style. */
interface Piece {
  readonly text: string;
  /** Classes of the style sheet below. */
  readonly style: string;
}

const columns = 112;
const [advance, lineHeight, margin] = [8.4, 20, 16];

/** Colours of a terminal, dark and light. */
const palette: Readonly<Record<string, readonly [string, string]>> = {
  red: ["#f47067", "#b3261e"],
  green: ["#57ab5a", "#1a7f37"],
  yellow: ["#c69026", "#8a5a00"],
  blue: ["#539bf5", "#0550ae"],
  magenta: ["#b083f0", "#6e40c9"],
  cyan: ["#39c5cf", "#1b7c83"],
};
const names: Readonly<Record<number, string>> = { 31: "red", 32: "green", 33: "yellow", 34: "blue", 35: "magenta", 36: "cyan" };

/** What a command printed, with the colours of ECMA-48, as a picture of a terminal. It has no fonts of its own and follows light and dark. */
export function screen(command: string, output: string): string {
  const lines = [[{ text: `$ ${command}`, style: "b" }], ...output.trimEnd().split("\n").map(pieces).flatMap(wrapped)];
  const longest = Math.max(...lines.map((line) => line.reduce((sum, { text }) => sum + [...text].length, 0)));
  const [width, height] = [Math.ceil(Math.max(longest, 60) * advance + 2 * margin), lines.length * lineHeight + 2 * margin];
  const body = lines.map((line, row) => textOf(line, margin + (row + 0.75) * lineHeight));
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img" aria-label="${escaped(command)}">`,
    `<style>${style()}</style>`,
    `<rect class="back" width="${width}" height="${height}" rx="8"/>`,
    ...body,
    "</svg>\n",
  ].join("\n");
}

function style(): string {
  const rules = (theme: 0 | 1, ink: string, back: string): string =>
    [`text{fill:${ink}}.back{fill:${back}}`, ...Object.entries(palette).map(([name, colours]) => `.${name}{fill:${colours[theme]}}`)].join(
      "",
    );
  const font =
    "text{font:14px ui-monospace,SFMono-Regular,Menlo,Consolas,'DejaVu Sans Mono',monospace;white-space:pre}.b{font-weight:600}.d{opacity:.65}";
  return `${font}${rules(1, "#1f2328", "#f6f8fa")}@media(prefers-color-scheme:dark){${rules(0, "#d1d7e0", "#151b23")}}`;
}

function textOf(line: readonly Piece[], y: number): string {
  let column = 0;
  const spans = line.map(({ text, style: classes }) => {
    const x = margin + column * advance;
    column += [...text].length;
    if (text.trim() === "") return "";
    const length = `textLength="${([...text].length * advance).toFixed(1)}" lengthAdjust="spacingAndGlyphs"`;
    return `<tspan x="${x.toFixed(1)}" ${length}${classes === "" ? "" : ` class="${classes}"`}>${escaped(text)}</tspan>`;
  });
  return `<text y="${y}" xml:space="preserve">${spans.join("")}</text>`;
}

const escaped = (text: string): string =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");

/** Begins each colour sequence. */
const escape = String.fromCharCode(27);

/** A line taken apart at its colour sequences. */
function pieces(line: string): Piece[] {
  const [first = "", ...others] = line.split(`${escape}[`);
  let on = new Set<string>();
  const found: Piece[] = [{ text: first, style: "" }];
  for (const part of others) {
    const [, codes = "", text = ""] = /^([\d;]*)m([^]*)$/.exec(part) ?? [];
    on = codes.split(";").map(Number).reduce(applied, on);
    found.push({ text, style: [...on].join(" ") });
  }
  return found.filter(({ text }) => text !== "");
}

/** ECMA-48, "Select graphic rendition": the codes that chalk writes. */
function applied(on: Set<string>, code: number): Set<string> {
  if (code === 0) return new Set();
  if (code === 1) return new Set([...on, "b"]);
  if (code === 2) return new Set([...on, "d"]);
  if (code === 22) return new Set([...on].filter((name) => name !== "b" && name !== "d"));
  const colourless = [...on].filter((name) => !(name in palette));
  const colour = names[code];
  return colour === undefined ? (code === 39 ? new Set(colourless) : on) : new Set([...colourless, colour]);
}

/** Lines that are too long go on below, as a terminal shows them. */
function wrapped(line: readonly Piece[]): Piece[][] {
  const rows: Piece[][] = [[]];
  let room = columns;
  for (const { text, style: classes } of line) {
    let rest = [...text];
    while (rest.length > room) {
      rows.at(-1)!.push({ text: rest.slice(0, room).join(""), style: classes });
      rest = rest.slice(room);
      rows.push([]);
      room = columns;
    }
    if (rest.length > 0) rows.at(-1)!.push({ text: rest.join(""), style: classes });
    room -= rest.length;
  }
  return rows;
}
