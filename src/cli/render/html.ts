import { oneLine } from "../../systems/printable.ts";

const entities: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };

/** Words of servers, fit to stand in a page as text and in an attribute. */
export const htmlWords = (text: string): string => oneLine(text).replace(/[&<>"']/g, (character) => entities[character] ?? "");

/** What a page is made of besides its content. */
interface Page {
  readonly title: string;
  readonly style: string;
  /** What it may run, as Content-Security-Policy has it; nothing where it is left out. */
  readonly scripts?: string;
  /** Between <body> and </body>. */
  readonly body: string;
}

/** A page that needs nothing else: it loads nothing, and the policy in it forbids to. */
export const htmlPage = ({ title, style, scripts, body }: Page): string => `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'${scripts === undefined ? "" : `; script-src ${scripts}`}">
<title>${htmlWords(title)}</title>
<style>${style}</style>
</head>
<body>
${body}
</body>
</html>
`;
