/**
 * npm test: every stage, one count. `node scripts/test.ts STAGE...` runs only those that are named. A stage that needs labs has them brought up
 * for it and taken down again; see test/lab/README.md. Stages in labs run side by side, each line with its stage before it.
 */
import { inLanes } from "./test/lanes.ts";
import { forgetWired } from "./test/labs.ts";
import { runStage } from "./test/run.ts";
import { runner } from "./test/runner.ts";
import { chosen } from "./test/stages.ts";
import { summary } from "./test/summary.ts";

const interrupted = new AbortController();
// Not once: a signal that nobody listens to any more would end this process before its labs are down.
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => interrupted.abort());
const started = performance.now();
const all = await inLanes(chosen(process.argv.slice(2)), (stage, alone) => runStage(stage, { alone, signal: interrupted.signal }));
await forgetWired(runner("labs", { alone: true, signal: new AbortController().signal }));
const { lines, well } = summary(all, (performance.now() - started) / 1000);
console.log(lines.join("\n"));
process.exitCode = well && !interrupted.signal.aborted ? 0 : 1;
