import { createHash } from "node:crypto";
import type { Cause, ClusterRecord, FleetBegin, FleetEnd } from "../../../fleet/report/schema.ts";
import { htmlPage, htmlWords as words } from "../html.ts";
import { script, style } from "./html-parts.ts";

export interface FleetPage {
  readonly begin: FleetBegin;
  readonly records: readonly ClusterRecord[];
  readonly end: FleetEnd;
  readonly version: string;
}

/** One page for a whole fleet that needs nothing else: it loads nothing, runs only the script in it, and can be read without that. */
export function fleetHtml({ begin, records, end, version }: FleetPage): string {
  const { counts, causes } = end;
  const bad = counts.failed + counts.notWell + counts.skipped;
  const title = `vault-k8s fleet${begin.fleet === undefined ? "" : ` ${begin.fleet}`}: ${bad === 0 ? `all ${counts.clusters} are well` : `${bad} of ${counts.clusters} not well`}`;
  const hash = createHash("sha256").update(script).digest("base64");
  return htmlPage({
    title,
    style,
    scripts: `'sha256-${hash}'`,
    body: `<header>
<h1>${words(title)}</h1>
<p>Seen at <time datetime="${words(begin.at)}">${words(begin.at)}</time> by vault-k8s ${words(version)}, Vault ${words(begin.vault)}. Secret values are not in this page.</p>
</header>
<main>
${causeTable(causes)}
<p><label>Show only rows with <input type="search" id="find" autocomplete="off"></label> <span id="shown" role="status">${counts.clusters} clusters</span></p>
<div class="wide"><table id="clusters">
<thead><tr>${columns.map(({ title: name }) => `<th scope="col"><button type="button">${name}</button></th>`).join("")}</tr></thead>
<tbody>
${records.map(row).join("\n")}
</tbody>
</table></div>
</main>
<script>${script}</script>`,
  });
}

interface Column {
  readonly title: string;
  readonly cell: (record: ClusterRecord) => string;
  /** What is sorted by, where it is not the text. */
  readonly by?: (record: ClusterRecord) => number;
}

/** What is wrong comes first where results are sorted. */
const order: readonly ClusterRecord["result"][] = ["failed", "skipped", "not-well", "would-change", "changed", "unchanged", "well"];

const said = ({ failure, note = "" }: ClusterRecord): string => (failure === undefined ? note : `${failure.code} ${failure.what}`);

const columns: readonly Column[] = [
  { title: "Cluster", cell: ({ cluster }) => cluster },
  { title: "State", cell: ({ result }) => result.replace("-", " "), by: ({ result }) => order.indexOf(result) },
  { title: "What", cell: said },
  {
    title: "Reviewer, days",
    cell: (record) => reviewerDays(record)?.toFixed(0) ?? "",
    by: (record) => reviewerDays(record) ?? -1,
  },
  { title: "Operator", cell: ({ status }) => status?.operator?.version ?? "" },
  { title: "Secrets", cell: ({ status }) => ready(status?.secrets), by: ({ status }) => status?.secrets.length ?? 0 },
  { title: "Seconds", cell: ({ seconds }) => seconds.toFixed(1), by: ({ seconds }) => seconds },
  { title: "API server", cell: ({ server = "" }) => server },
  { title: "Source", cell: ({ source = "" }) => source },
];

function reviewerDays({ status }: ClusterRecord): number | undefined {
  const seconds = status?.reviewer?.ageSeconds;
  return seconds === undefined ? undefined : seconds / 86_400;
}

const ready = (all: readonly { readonly ready: boolean }[] = []): string =>
  all.length === 0 ? "" : `${all.filter((one) => one.ready).length}/${all.length}`;

function row(record: ClusterRecord): string {
  const cells = columns.map(({ cell, by }, index) => {
    const text = words(cell(record));
    const value = by === undefined ? "" : ` data-by="${by(record)}"`;
    return index === 0 ? `<th scope="row"${value}>${text}</th>` : `<td${value}>${text}</td>`;
  });
  return `<tr class="${record.result}">${cells.join("")}</tr>`;
}

function causeTable(causes: readonly Cause[]): string {
  if (causes.length === 0) return "";
  const rows = causes.map(
    ({ count, code, what, why, fix, clusters }) =>
      `<tr><td>${count}</td><th scope="row">${words(code)}</th><td>${[what, why, fix].map((line) => (line === undefined ? "" : `<p>${words(line)}</p>`)).join("")}<details><summary>${count} clusters</summary>${clusters.map(words).join(", ")}</details></td></tr>`,
  );
  return `<section><h2>Failures by cause</h2><table><tbody>${rows.join("\n")}</tbody></table></section>`;
}
