import { inspect } from "node:util";
import { CliError } from "../../../src/core/errors.ts";

const wanted = (name: string): number | undefined => (process.env[name] === undefined ? undefined : Number(process.env[name]));

/** FC_SEED plays one run again, as a failure prints it; FC_RUNS is how many inputs are tried (`npm run fuzz`). */
const [seed, runs] = [wanted("FC_SEED"), wanted("FC_RUNS")];

/** Options of a property: few runs in npm test, as many as FC_RUNS says otherwise. */
export const tries = (few: number): { numRuns: number; seed?: number } => ({
  numRuns: runs ?? few,
  ...(seed === undefined ? {} : { seed }),
});

/** How long a property may take, in milliseconds: what hangs is a failure. */
export const patience = runs === undefined ? 120_000 : 1_800_000;

/** Fails unless what was thrown is a failure that a person can read. */
export function explained(error: unknown): void {
  if (!(error instanceof CliError)) throw new Error(`not explained: ${inspect(error, { depth: 3 })}`);
  const said = [error.message, error.why ?? "", error.fix ?? ""].join("\n");
  if (/\n\s+at |node:internal|Cannot read|is not a function|is not iterable/.test(said))
    throw new Error(`a stack or a bug in the words: ${said}`);
}

/** Runs something that may refuse, but only with an explanation. */
export const orExplained = async (work: () => Promise<unknown>): Promise<void> => void (await work().catch(explained));
