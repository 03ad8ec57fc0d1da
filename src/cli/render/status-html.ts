import type { ClusterStatus } from "../../run/status/schema.ts";
import { htmlPage, htmlWords as words } from "./html.ts";
import type { Mark, Section } from "./status-row.ts";
import { sectionsOf } from "./status-rows.ts";

const marks: Readonly<Record<Mark, readonly [string, string]>> = {
  ok: ["✔", "well"],
  look: ["!", "worth a look"],
  wrong: ["✗", "wrong"],
  waiting: ["…", "not known"],
};

/** One page that needs nothing else: it loads nothing, and the policy in it forbids to. */
export function statusHtml(clusters: readonly ClusterStatus[], { at, version }: { readonly at: Date; readonly version: string }): string {
  const well = clusters.filter(({ ok }) => ok).length;
  const title = `vault-k8s status: ${well === clusters.length ? "all is well" : `${clusters.length - well} of ${clusters.length} not well`}`;
  return htmlPage({
    title,
    style,
    body: `<header>
<h1>${words(title)}</h1>
<p>Seen at <time datetime="${at.toISOString()}">${at.toISOString().replace("T", " ").slice(0, 19)} UTC</time> by vault-k8s ${words(version)}. Secret values are not in this page.</p>
</header>
<main>
${clusters.map(article).join("\n")}
</main>`,
  });
}

function article(status: ClusterStatus): string {
  const { cluster, context, server, ok, failure } = status;
  const name = cluster === undefined ? "Vault" : `Cluster ${cluster}`;
  const where = [...(context === undefined ? [] : [`context ${context}`]), ...(server === undefined ? [] : [server])].join(" · ");
  return `<article>
<h2>${words(name)} <span class="badge ${ok ? "ok" : "wrong"}">${ok ? "well" : "not well"}</span></h2>
${where === "" ? "" : `<p class="where">${words(where)}</p>`}
${failure === undefined ? "" : failureText(failure)}
${sectionsOf(status, true).map(section).join("\n")}
</article>`;
}

const failureText = ({ code, what, why, fix }: NonNullable<ClusterStatus["failure"]>): string =>
  `<div class="failure"><p><strong>${words(what)}</strong> (${words(code)})</p>${[why, fix].map((line) => (line === undefined ? "" : `<p>${words(line)}</p>`)).join("")}</div>`;

function section({ title, about, rows }: Section): string {
  const lines = rows.map(({ mark, name, cells, wide }) => {
    const [sign, meaning] = marks[mark];
    const more = wide.filter((cell) => cell !== "").map(words);
    const said = cells.filter((cell) => cell !== "").map((cell) => `<span>${words(cell)}</span>`);
    return `<tr><td class="mark ${mark}"><span title="${meaning}" aria-label="${meaning}">${sign}</span></td><th scope="row">${words(name)}</th><td>${said.join(" ")}${more.length === 0 ? "" : `<small>${more.join(" · ")}</small>`}</td></tr>`;
  });
  return `<section>
<h3>${words(title)}${about === "" ? "" : ` <span class="about">${words(about)}</span>`}</h3>
<table><tbody>
${lines.join("\n")}
</tbody></table>
</section>`;
}

const style = `
:root{--back:#fff;--text:#1b1f24;--dim:#59636e;--line:#d8dee4;--card:#f6f8fa;--ok:#1a7f37;--look:#8a5a00;--wrong:#c21f2a;--okback:#dafbe1;--wrongback:#ffebe9}
@media (prefers-color-scheme:dark){:root{--back:#0d1117;--text:#e6edf3;--dim:#9aa4af;--line:#30363d;--card:#161b22;--ok:#4ac26b;--look:#d8a33a;--wrong:#ff7b72;--okback:#12361f;--wrongback:#4b1517}}
*{box-sizing:border-box}
body{margin:0 auto;max-width:72rem;padding:1.5rem;background:var(--back);color:var(--text);font:15px/1.5 system-ui,-apple-system,"Segoe UI",sans-serif}
h1{font-size:1.5rem;margin:0}h2{font-size:1.2rem;margin:0}h3{font-size:.95rem;margin:1.1rem 0 .25rem}
header p,.where,.about,small{color:var(--dim)}
.where{margin:.15rem 0 0}.about{font-weight:normal}
article{border:1px solid var(--line);border-radius:8px;background:var(--card);padding:1rem 1.25rem;margin:1.25rem 0}
table{width:100%;border-collapse:collapse}
td,th{padding:.3rem .6rem .3rem 0;text-align:left;vertical-align:top;border-top:1px solid var(--line)}
th{font-weight:600;width:18rem;overflow-wrap:anywhere}
td{overflow-wrap:anywhere}td span+span{margin-left:.75rem}small{display:block}
.mark{width:1.75rem;font-weight:700}.mark.ok{color:var(--ok)}.mark.look{color:var(--look)}.mark.wrong{color:var(--wrong)}.mark.waiting{color:var(--dim)}
.badge{font-size:.8rem;font-weight:600;border-radius:999px;padding:.1rem .6rem;vertical-align:.1rem}
.badge.ok{color:var(--ok);background:var(--okback)}.badge.wrong{color:var(--wrong);background:var(--wrongback)}
.failure{border-left:3px solid var(--wrong);padding-left:.75rem;margin:.75rem 0}.failure p{margin:.2rem 0}
@media (max-width:40rem){body{padding:.75rem}th{width:auto}td,th{display:block;border:0;padding:0 0 .1rem}tr{display:block;border-top:1px solid var(--line);padding:.4rem 0}}
@media print{article{break-inside:avoid}}
`;
