/**
 * npm test: every stage, one count. `node scripts/test.ts STAGE...` runs only those that are named. A stage that needs labs has them brought up
 * for it and taken down again; see test/lab/README.md.
 */
import { runStage } from "./test/run.ts";
import { chosen } from "./test/stages.ts";
import { summary } from "./test/summary.ts";
import type { Ran } from "./test/summary.ts";

const all: Ran[] = [];
for (const stage of chosen(process.argv.slice(2))) all.push(await runStage(stage));
const { lines, well } = summary(all);
console.log(lines.join("\n"));
process.exitCode = well ? 0 : 1;
