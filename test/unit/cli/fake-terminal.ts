import { openTerminal, type Terminal } from "../../../src/cli/render/terminal.ts";
import { type Environment } from "../../../src/config/environment.ts";

export interface Given {
  readonly tty?: boolean;
  /** Whether standard output is a terminal too. */
  readonly ttyOut?: boolean;
  readonly columns?: number;
  readonly env?: Environment;
  readonly color?: "auto" | "always" | "never";
}

/** A terminal that remembers what was written to it. */
export function fakeTerminal({
  tty = false,
  ttyOut = tty,
  columns = 80,
  env = { LANG: "C.UTF-8" },
  color = "auto",
}: Given = {}): Terminal & {
  stdout: () => string;
  stderr: () => string;
} {
  const written = { out: "", err: "" };
  const stream = (key: "out" | "err") => ({
    isTTY: key === "out" ? ttyOut : tty,
    columns,
    write: (text: string) => void (written[key] += text),
    getColorDepth: () => 8,
  });
  const terminal = openTerminal({ stdin: { isTTY: tty }, stdout: stream("out"), stderr: stream("err") }, env, color);
  return { ...terminal, stdout: () => written.out, stderr: () => written.err };
}
