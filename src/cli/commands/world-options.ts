import type { OpenOptions } from "../../run/world/open.ts";
import { oneLine } from "../../systems/printable.ts";
import type { Call } from "./command.ts";
import type { Prepared } from "./prepare.ts";

/** What the world is opened with. With -v each request is told, and `makeWay` is called before. */
export function worldOptions(
  { host }: Call,
  { spec, resolved, terminal }: Pick<Prepared, "spec" | "resolved" | "terminal">,
  makeWay: () => void = () => undefined,
): OpenOptions {
  const tell = (method: string, target: string): void => {
    makeWay();
    terminal.err(`${terminal.chalk.dim(`    ${oneLine(method)} ${oneLine(target)}`)}\n`);
  };
  return {
    env: host.env,
    cwd: host.cwd,
    signal: host.signal,
    onRequest: spec.run.verbose ? tell : undefined,
    notice: (words) => {
      makeWay();
      terminal.err(`${terminal.chalk.yellow(terminal.symbols.notice)} ${oneLine(words)}\n`);
    },
    caCertIsFallback: resolved.origins.caCert.kind === "env",
  };
}
