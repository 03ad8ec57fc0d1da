import { consumerKinds } from "../../consumers/kinds.ts";
import { age } from "./age.ts";
import type { ClusterStatus } from "../../run/status/schema.ts";
import { type Mark, type Row, type Section, row, count } from "./status-row.ts";
import { vault } from "./status-vault-rows.ts";
import { login } from "./status-login-rows.ts";

/** More rows of one kind are counted, not shown, unless all are asked for. */
const most = 10;

/** The status of one cluster as sections of rows: the same for the terminal and for the page. */
export function sectionsOf(status: ClusterStatus, wide: boolean): readonly Section[] {
  const all = [vault(status), login(status), operator(status), stores(status), secrets(status), steps(status, wide), unknown(status)];
  return all.filter(({ rows }) => rows.length > 0).map((section) => (wide ? section : { ...section, rows: shortened(section.rows) }));
}

/** Of many rows those that are not well, then the others. */
function shortened(rows: readonly Row[]): readonly Row[] {
  if (rows.length <= most) return rows;
  const bad = rows.filter(({ mark }) => mark !== "ok");
  const shown = [...bad, ...rows.filter(({ mark }) => mark === "ok")].slice(0, most);
  const more = rows.length - shown.length;
  return [...shown, row(bad.length > most ? "wrong" : "ok", `${more} more`, [bad.length > most ? "some of them are not well" : ""])];
}

function operator({ operator: found }: ClusterStatus): Section {
  if (found === undefined) return { title: "Operator", about: "", rows: [] };
  const ready = found.deployments.filter((one) => one.ready >= one.wanted).length;
  return {
    title: "Operator",
    about: `namespace ${found.namespace}`,
    rows: [
      row(
        found.ready ? "ok" : "wrong",
        consumerKinds[found.kind].words.title,
        [found.version, `${ready} of ${count(found.deployments.length, "deployment")} ready`],
        [found.deployments.map((one) => `${one.name} ${one.ready}/${one.wanted}`).join(", ")],
      ),
    ],
  };
}

function stores({ stores: all }: ClusterStatus): Section {
  return {
    title: "Stores",
    about: "",
    rows: all.map(({ kind, namespace, name, ready, reason, message }) =>
      row(
        ready ? "ok" : "wrong",
        `${kind} ${namespace === undefined ? "" : `${namespace}/`}${name}`,
        [ready ? "ready" : "not ready", reason],
        [message],
      ),
    ),
  };
}

function secrets({ secrets: all }: ClusterStatus): Section {
  return {
    title: "Secrets",
    about: "",
    rows: all.map(({ namespace, name, ready, reason, message, ageSeconds, lastSync, store }) =>
      row(
        ready ? "ok" : "wrong",
        `${namespace}/${name}`,
        [ready ? "synced" : "not synced", ageSeconds === undefined ? "never" : `${age(ageSeconds)} ago`, ready ? undefined : reason],
        [store === undefined ? undefined : `store ${store}`, lastSync, ready ? undefined : message],
      ),
    ),
  };
}

function steps({ steps: all }: ClusterStatus, wide: boolean): Section {
  const shown = wide ? all : all.filter(({ state }) => state !== "ok");
  const done = all.length - shown.length;
  const rest = done === 0 ? [] : [row("ok", shown.length === 0 ? `all ${all.length}` : `${done} others`, ["ok"])];
  return {
    title: "Steps",
    about: "",
    rows: [
      ...shown.map((step) => row(stepMark(step), step.id, [step.detail === undefined ? step.state : `${step.state}: ${step.detail}`])),
      ...rest,
    ],
  };
}

function stepMark({ state }: ClusterStatus["steps"][number]): Mark {
  if (state === "ok") return "ok";
  if (state === "not ready") return "waiting";
  return state === "failed" || state === "conflict" ? "wrong" : "look";
}

const unknown = ({ unknown: all }: ClusterStatus): Section => ({
  title: "Not known",
  about: "",
  rows: all.map(({ what, why, code }) => row("waiting", what.join(", "), [`${why} (${code})`])),
});
