import { oneLine } from "../../systems/printable.ts";
import type { Terminal } from "./terminal.ts";

type Where = Pick<Terminal, "chalk" | "err" | "symbols">;

const nothing = (): void => undefined;

/** A line for each request, as -v shows it. @param makeWay Called before a line. */
export const requestLines =
  ({ chalk, err }: Where, makeWay: () => void = nothing) =>
  (method: string, target: string): void => {
    makeWay();
    err(`${chalk.dim(`    ${oneLine(method)} ${oneLine(target)}`)}\n`);
  };

/** A line for what a person should know at once. @param makeWay Called before a line. */
export const noticeLines =
  ({ chalk, err, symbols }: Where, makeWay: () => void = nothing) =>
  (words: string): void => {
    makeWay();
    err(`${chalk.yellow(symbols.notice)} ${oneLine(words)}\n`);
  };
