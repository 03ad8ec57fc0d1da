/**
 * npm test: every stage, then every suite of the lab, one count. `node scripts/test.ts NAME...` runs only those stages and suites that are named; `lab` is all suites. Suites run
 * side by side, each line with its suite before it; see test/lab/README.md.
 */
import { inLanes } from "./test/lanes.ts";
import { forgetWired } from "./test/labs.ts";
import { LabLane, runStage } from "./test/run.ts";
import { runner } from "./test/runner.ts";
import { chosen } from "./test/stages.ts";
import { summary, type Ran } from "./test/summary.ts";

const interrupted = new AbortController();
// Not once: a signal that nobody listens to any more would end this process before its labs are down.
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => interrupted.abort());
const started = performance.now();
const { stages, suites } = chosen(process.argv.slice(2));
const ran: Ran[] = [];
for (const stage of stages) ran.push(await runStage(stage, interrupted.signal));
const all = [...ran, ...(await inLanes(suites, (number) => new LabLane(number, interrupted.signal)))];
await forgetWired(runner({ signal: new AbortController().signal }));
const { lines, well } = summary(all, (performance.now() - started) / 1000);
console.log(lines.join("\n"));
process.exitCode = well && !interrupted.signal.aborted ? 0 : 1;
