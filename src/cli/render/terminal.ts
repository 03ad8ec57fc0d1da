import { Chalk, type ChalkInstance } from "chalk";
import isUnicodeSupported from "is-unicode-supported";
import type { Environment } from "../../config/environment.ts";

export interface Output {
  readonly isTTY?: boolean | undefined;
  readonly columns?: number | undefined;
  /** @param done called when the text has left, or could not */
  write(text: string, done?: (error?: Error | null) => void): unknown;
  getColorDepth?(env?: object): number;
}

export interface Streams {
  readonly stdin: { readonly isTTY?: boolean | undefined };
  readonly stdout: Output;
  readonly stderr: Output;
}

export type ColorWhen = "auto" | "always" | "never";

/** What can be written where, and how. */
export interface Terminal {
  /** Data, on standard output. */
  readonly out: (text: string) => void;
  /** Progress and errors, on standard error. */
  readonly err: (text: string) => void;
  /** Colours of standard error. */
  readonly chalk: ChalkInstance;
  /** Colours of standard output, which may go elsewhere. */
  readonly chalkOut: ChalkInstance;
  readonly symbols: Symbols;
  /** Width of standard error; undefined where it is no terminal. */
  readonly columns: number | undefined;
  /** A line may be written over: a terminal, and not CI. */
  readonly overwrites: boolean;
  /** The same of standard output: a screen may be drawn over. */
  readonly redraws: boolean;
  /** A person can be asked. */
  readonly interactive: boolean;
}

interface Symbols {
  readonly done: string;
  readonly unchanged: string;
  readonly failed: string;
  readonly planned: string;
  readonly notice: string;
  readonly waiting: string;
  readonly arrow: string;
}

const unicode: Symbols = { done: "✔", unchanged: "↷", failed: "✗", planned: "+", notice: "!", waiting: "…", arrow: "→" };
const ascii: Symbols = { done: "ok", unchanged: "--", failed: "x", planned: "+", notice: "!", waiting: "..", arrow: "->" };

/** Looks at the streams and the environment once. */
export function openTerminal({ stdin, stdout, stderr }: Streams, env: Environment, color: ColorWhen): Terminal {
  return {
    out: (text) => void stdout.write(text),
    err: (text) => void stderr.write(text),
    chalk: new Chalk({ level: colorLevel(stderr, env, color) }),
    chalkOut: new Chalk({ level: colorLevel(stdout, env, color) }),
    symbols: isUtf8(env) ? unicode : ascii,
    columns: stderr.isTTY ? stderr.columns : undefined,
    overwrites: stderr.isTTY === true && !isCi(env) && env["TERM"] !== "dumb",
    redraws: stdout.isTTY === true && !isCi(env) && env["TERM"] !== "dumb",
    interactive: stdin.isTTY === true && stderr.isTTY === true && !isCi(env),
  };
}

type Level = 0 | 1 | 2 | 3;

/** The colour level: --color decides, then NO_COLOR, then FORCE_COLOR, then the stream. */
export function colorLevel(stream: Output, env: Environment, when: ColorWhen): Level {
  if (when === "never") return 0;
  const { NO_COLOR: none = "", FORCE_COLOR: force } = env;
  if (when === "always") return forced(force) || 1;
  if (none !== "") return 0;
  if (force !== undefined) return forced(force);
  return stream.isTTY === true && env["TERM"] !== "dumb" ? depthLevel(stream.getColorDepth?.(env) ?? 4) : 0;
}

function forced(value: string | undefined): Level {
  if (value === "0" || value === "false") return 0;
  return value === "2" ? 2 : value === "3" ? 3 : 1;
}

const depthLevel = (depth: number): Level => (depth >= 24 ? 3 : depth >= 8 ? 2 : depth >= 4 ? 1 : 0);

/** What the locale says; where it says nothing, what the terminal is known for. */
function isUtf8(env: Environment): boolean {
  const locale = env["LC_ALL"] || env["LC_CTYPE"] || env["LANG"];
  return locale ? /utf-?8/i.test(locale) : isUnicodeSupported();
}

const isCi = (env: Environment): boolean => !["", "0", "false", undefined].includes(env["CI"]);
