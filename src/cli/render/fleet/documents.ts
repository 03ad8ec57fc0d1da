import { documentLine, document } from "../../../systems/document.ts";
import type { ClusterRecord, FleetBegin } from "../../../fleet/report/schema.ts";
import type { FleetShown } from "./shown.ts";

const silent = { begun: () => undefined, notice: () => undefined, makeWay: () => undefined };

/** A document a line: one at the beginning, one as each cluster ends, one at the end. */
export const fleetLines = (out: (text: string) => void): FleetShown => ({
  ...silent,
  begin: (fleet) => out(documentLine("FleetBegin", fleet)),
  ended: (record) => out(documentLine("FleetCluster", record)),
  end: (fleet) => out(documentLine("FleetEnd", fleet)),
});

/** One document, when all is over. */
export function fleetDocumentShown(out: (text: string) => void): FleetShown {
  let begun: Omit<FleetBegin, "schema" | "clusters"> | undefined;
  const clusters: ClusterRecord[] = [];
  return {
    ...silent,
    begin: ({ schema: _schema, clusters: _count, ...fleet }) => void (begun = fleet),
    ended: (record) => void clusters.push(record),
    end: (fleet) => {
      clusters.sort((one, other) => (one.cluster < other.cluster ? -1 : 1));
      out(document("FleetRun", { ...begun, clusters, ...fleet }));
    },
  };
}
