import type { Observer } from "../../../run/observer.ts";
import { fleetDocumentShown, fleetLines } from "../../render/fleet/documents.ts";
import type { FleetShown } from "../../render/fleet/shown.ts";
import { fleetText } from "../../render/fleet/text.ts";
import { requestLines } from "../../render/asides.ts";
import type { Prepared } from "../prepare.ts";

/** Who shows the run, by -o. @param isData what was found is what was asked for */
export function shownFor({ spec, terminal }: Prepared, isData: boolean): FleetShown & { readonly observer: Observer } {
  const { output, quiet, verbose } = spec.run;
  const shown =
    output === "jsonl"
      ? fleetLines(terminal.out)
      : output === "json"
        ? fleetDocumentShown(terminal.out)
        : fleetText(terminal, { quiet, verbose, isData });
  const said = new Set<string>();
  const request = verbose ? requestLines(terminal, shown.makeWay) : undefined;
  return {
    ...shown,
    observer: (event) => {
      // What is the same for many is said once.
      if (event.type === "notice" && !said.has(event.message)) {
        said.add(event.message);
        shown.notice(`${event.cluster}: ${event.message}`);
      }
      if (event.type === "request") request?.(event.method, event.target);
    },
  };
}
