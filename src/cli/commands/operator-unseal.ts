import { failure, kinds } from "../../errors.ts";
import type { CallWith, Run } from "./command.ts";
import type { operatorUnsealOptions } from "./own-options.ts";
import { holdersFrom } from "./key-holders.ts";
import { prepareForCluster } from "./prepare.ts";
import { boundSteps } from "../../run/bound-steps.ts";
import { runWork } from "./run-steps.ts";

/** Joins and unseals every node: with keys from custody, from standard input, or from people at the terminal; with --watch again and again. */
export const run: Run<typeof operatorUnsealOptions> = async (call) => {
  const fromStdin = readsStdin(call);
  const prepared = await prepareForCluster(call);
  if (call.options.watch === true) {
    if (fromStdin)
      throw failure(kinds.usage, {
        what: "--watch cannot take unseal keys from standard input",
        why: "They would have to be kept for as long as it runs.",
        fix: "Name the place where the keys are kept, or leave out --watch.",
      });
    const { watchAndUnseal } = await import("./watch-unseal.ts");
    return watchAndUnseal(call, prepared);
  }
  return runWork(call, prepared, {
    steps: (spec) => boundSteps(call.command.steps, spec),
    ...(fromStdin && { holders: holdersFrom(call.host.streams.stdin) }),
  });
};

function readsStdin({ args, options }: CallWith<typeof operatorUnsealOptions>): boolean {
  const given = args.filter((arg) => arg !== "-");
  if (given.length === 0) return options.keyStdin === true || args.length > 0;
  throw failure(kinds.usage, {
    what: "An unseal key must not stand on the command line",
    why: "Other users of the machine can read it there, and the shell keeps it.",
    fix: "Give it on standard input (-), or leave it out and be asked.",
  });
}
