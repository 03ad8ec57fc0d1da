import { exitCodes } from "../core/errors.ts";
import { mustGoOn } from "../core/uninterrupted.ts";
import type { Host } from "./commands/command.ts";
import type { Given } from "./commands/typed-again.ts";
import { CommanderError } from "commander";
import { program } from "./program.ts";
import { version } from "../core/version.ts";

/** Understands the command line, runs the command, and explains what went wrong. */
async function main(argv: readonly string[]): Promise<number> {
  const quitting = new AbortController();
  let soFar: (() => object) | undefined;
  let given: Given | undefined;
  const host: Host = {
    streams: process,
    env: process.env,
    cwd: process.cwd(),
    signal: quitting.signal,
    onRun: (given) => void (soFar = given),
  };
  listen(quitting);
  try {
    return await understand(helpWord(argv), host, (typed) => void (given = typed));
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) return exitCodes.done;
    const { report } = await import("./render/report.ts");
    return report(error, { argv, streams: process, env: process.env, run: soFar?.(), given });
  }
}

async function understand(argv: readonly string[], host: Host, onTyped: (given: Given) => void): Promise<number> {
  let exit: number = exitCodes.done;
  const all = asksForAll(argv);
  const tree = program(
    version,
    (text) => void process.stdout.write(text),
    async (command, given, args) => {
      onTyped(given);
      const { run } = await command.load();
      exit = await run({ command, args, host, ...given });
    },
    all,
  );
  await tree.parseAsync(all ? argv.map((word) => (word === "--help-all" ? "--help" : word)) : argv, { from: "user" });
  return exit;
}

/** Whether --help-all is said; what stands behind -- is for others. */
const asksForAll = (argv: readonly string[]): boolean => argv.slice(0, argv.indexOf("--") + 1 || undefined).includes("--help-all");

/** `help COMMAND` is `COMMAND --help`, and so is nothing at all. */
const helpWord = (argv: readonly string[]): readonly string[] =>
  argv.length === 0 || argv[0] === "help" ? [...argv.slice(1), "--help"] : argv;

/**
 * The first interrupt asks the run to stop between two writes; the second stops it at once, unless keys are on their way that come only
 * once.
 */
function listen(quitting: AbortController): void {
  const stop = (): void => {
    const held = mustGoOn();
    if (quitting.signal.aborted && held === undefined) process.exit(exitCodes.interrupted);
    quitting.abort();
    process.stderr.write(held === undefined ? stopWords : `\nInterrupted: ${held}\n`);
  };
  process
    .on("SIGINT", stop)
    .on("SIGTERM", stop)
    .on("SIGHUP", () => (hasTerminal() ? stop() : undefined));
  // The reader of a pipe has gone, or the terminal was closed: what is still written goes nowhere, quietly.
  for (const stream of [process.stdout, process.stderr])
    stream.on("error", (error: NodeJS.ErrnoException) => {
      if (error.code !== "EPIPE" && error.code !== "EIO") throw error;
    });
}

// Nothing is left to wait for, and the run has not ended: that is a fault of this program, and must not look as if all were done.
process.once("beforeExit", () => {
  process.stderr.write("\nThe run stopped in the middle, and nothing says why. Run the same command again: it goes on where it stopped.\n");
  process.exit(exitCodes.failed);
});

/**
 * A terminal that is closed ends what it shows. Under nohup nothing of the run is at a terminal, and it goes on after the logout; node resets what
 * nohup asked of the signal itself.
 */
const hasTerminal = (): boolean => [process.stdin, process.stdout, process.stderr].some(({ isTTY }) => isTTY);

const stopWords = "\nInterrupted: finishing what is under way. Press Ctrl-C again to stop at once.\n";

void main(process.argv.slice(2)).then(async (code) => {
  // What is written to a pipe leaves later than it is written.
  await Promise.all([process.stdout, process.stderr].map((stream) => new Promise<void>((done) => void stream.write("", () => done()))));
  process.exit(code);
});
