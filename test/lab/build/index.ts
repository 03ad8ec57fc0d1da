/** The lab's components, built from source once for all checkouts of a machine. Run directly, it builds them all. */
import { cacheRoot } from "./cache.ts";
import { startBuilds } from "./builder.ts";
import { lineOf } from "./events.ts";
import { missingForBuild } from "./needs.ts";

export { startBuilds, startPeers } from "./builder.ts";
export { componentFolder } from "./cache.ts";
export { lineOf } from "./events.ts";
export { missingForBuild } from "./needs.ts";
export type { Component } from "./recipes.ts";

/** Builds all components with a line for each step, and says where they are. */
async function main(): Promise<void> {
  const missing = missingForBuild();
  if (missing !== undefined) return fail(missing);
  const builds = startBuilds((event) => {
    const line = lineOf(event);
    if (line !== undefined) console.log(line);
  });
  const results = await Promise.allSettled(Object.values(builds));
  const failures = results.filter((result) => result.status === "rejected").length;
  if (failures > 0) return fail(`${failures} of ${results.length} components are not built.`);
  console.log(`All ${results.length} components are in ${cacheRoot()}.`);
}

function fail(reason: string): void {
  console.error(reason);
  process.exitCode = 1;
}

if (import.meta.main) await main();
