import { version } from "../../../core/version.ts";
import { looking } from "../../../fleet/work/look.ts";
import { fleetHtml } from "../../render/fleet/html.ts";
import type { Run } from "../command.ts";
import type { fleetStatusOptions } from "../own-options.ts";
import { writePage } from "../status/html-file.ts";
import { writeMetrics } from "./metrics-file.ts";
import { overFleet } from "./over-fleet.ts";
import { boundIn } from "./steps.ts";

/** How each cluster stands; with --html also as a page. */
export const run: Run<typeof fleetStatusOptions> = (call) => {
  const { html, metrics } = call.options;
  return overFleet(call, {
    isData: true,
    work: () => looking(boundIn(call.command.steps)),
    done: async (outcome) => {
      if (html !== undefined) await writePage(call, html, fleetHtml({ ...outcome, version }));
      if (metrics !== undefined) await writeMetrics(call, metrics, outcome);
    },
  });
};
