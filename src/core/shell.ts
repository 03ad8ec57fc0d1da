/** A word as a POSIX shell reads it back. */
export const word = (text: string): string => (/^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`);

/** A command that gets a text on standard input, as it stands. `mark` ends the text, made longer where the text has such a line. */
export function withInput(command: string, text: string, mark: string): string {
  const lines = text.replace(/\n$/, "");
  let end = mark;
  while (lines.split("\n").includes(end)) end += "_";
  return `${command} <<'${end}'\n${lines}\n${end}`;
}

/** A text as a basic regular expression that matches it, with commas around: for `grep` and for `sed -n '\\,…,'`. */
export const literally = (text: string): string => text.replaceAll(/[\\.*[\]^$,]/g, "\\$&");
