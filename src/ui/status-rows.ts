import { age } from "./age.ts";
import type { Certificate, ClusterStatus, LoginSurvey, NodeSurvey, RaftSurvey, RoleSurvey } from "./status-schema.ts";

/** How a row stands: well, worth a look, wrong, or waiting for something else. */
export type Mark = "ok" | "look" | "wrong" | "waiting";

/** One line of a status: what it is about, and what there is to say, in cells that stand below each other. */
export interface Row {
  readonly mark: Mark;
  readonly name: string;
  readonly cells: readonly string[];
  /** Only where there is room. */
  readonly wide: readonly string[];
  /** Its cells are not of the same kinds as those of its neighbours: they need not stand below each other. */
  readonly single?: boolean;
}

export interface Section {
  readonly title: string;
  readonly about: string;
  readonly rows: readonly Row[];
}

/** More rows of one kind are counted, not shown, unless all are asked for. */
const most = 10;
/** A certificate that expires within so many days is worth a look. */
const soon = 30;

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

const row = (mark: Mark, name: string, cells: readonly (string | undefined)[], wide: readonly (string | undefined)[] = []): Row => ({
  mark,
  name,
  cells: cells.map((cell) => cell ?? ""),
  wide: wide.map((cell) => cell ?? ""),
});

const single = (...said: Parameters<typeof row>): Row => ({ ...row(...said), single: true });

function vault({ vault: about, nodes, raft, steps, failure }: ClusterStatus): Section {
  const none = nodes.length === 0 && (failure === undefined || steps.length > 0) ? [row("wrong", "no Vault pods", [])] : [];
  return {
    title: "Vault",
    about: about ?? "",
    rows: [...none, ...nodes.map((node) => nodeRow(node, raft)), ...(raft === undefined ? [] : [raftRow(raft, nodes)])],
  };
}

const working = new Set(["active", "standby", "standalone"]);

function nodeRow(node: NodeSurvey, raft: RaftSurvey | undefined): Row {
  const { name, state, version, detail, certificate, pod, seal } = node;
  const peer = raft?.peers.find(({ id, address }) => id === name || address.startsWith(`${name}.`));
  const days = certificate?.daysLeft;
  const mark =
    !working.has(state) || (days ?? 0) < 0 || peer?.healthy === false ? "wrong" : days !== undefined && days < soon ? "look" : "ok";
  const cells = [
    state,
    version,
    peer === undefined ? undefined : peer.voter ? "voter" : "no voter yet",
    certificate === undefined ? undefined : certificateText(certificate),
    detail,
  ];
  const restarts = pod === undefined ? undefined : `${pod.restarts} restart${pod.restarts === 1 ? "" : "s"}`;
  return row(mark, name, cells, [
    restarts,
    pod?.node,
    seal,
    peer?.lastContact === undefined ? undefined : `last contact ${peer.lastContact}`,
    certificate === undefined ? undefined : `certificate of ${certificate.subject} by ${certificate.issuer}`,
  ]);
}

const certificateText = ({ daysLeft }: Certificate): string =>
  daysLeft < 0 ? `certificate expired ${count(-daysLeft, "day")} ago` : `certificate ${count(daysLeft, "day")} left`;

function raftRow({ peers, healthy, failureTolerance }: RaftSurvey, nodes: readonly NodeSurvey[]): Row {
  const voters = peers.filter(({ voter }) => voter).length;
  const strange = peers.filter(({ id, address }) => !nodes.some(({ name }) => id === name || address.startsWith(`${name}.`)));
  // Nodes at addresses are called by those, and peers by their ids.
  const named =
    nodes.every(({ pod }) => pod !== undefined) && strange.length > 0
      ? `without a pod: ${strange.map(({ id }) => id).join(", ")}`
      : undefined;
  const mark = healthy === false ? "wrong" : named !== undefined || voters < peers.length ? "look" : "ok";
  return single(
    mark,
    "raft",
    [
      `${voters} of ${count(peers.length, "peer")} vote${voters === 1 ? "s" : ""}`,
      healthy === undefined ? undefined : healthy ? "healthy" : "not healthy",
      failureTolerance === undefined ? undefined : `${failureTolerance} may fail`,
      named,
    ],
    [peers.map(({ id, address }) => `${id} ${address}`).join(", ")],
  );
}

const count = (number: number, thing: string): string => `${number} ${thing}${number === 1 ? "" : "s"}`;

function login({ logins, reviewer }: ClusterStatus): Section {
  const reviewerRow =
    reviewer === undefined
      ? []
      : [
          single(
            "ok",
            "reviewer",
            [reviewer.account, reviewer.ageSeconds === undefined ? undefined : `token ${age(reviewer.ageSeconds)} old`],
            [`Secret ${reviewer.secret}`, reviewer.created],
          ),
        ];
  const [first] = logins;
  return {
    title: logins.length > 1 ? "Logins" : "Login",
    about: logins.length === 1 && first !== undefined ? `auth/${first.mount}` : "",
    rows: [...logins.flatMap((each) => loginRows(each, logins.length > 1)), ...reviewerRow],
  };
}

function loginRows({ mount, found, ownedBy, config, roles }: LoginSurvey, named: boolean): Row[] {
  const prefix = named ? `auth/${mount} ` : "";
  if (!found) return [single("look", `${prefix}mount`, ["is not enabled"])];
  const owner = single(ownedBy === "this cluster" || ownedBy === "a cluster" ? "ok" : "wrong", `${prefix}mount`, [
    ownedBy === "nobody" ? "is not marked as ours" : ownedBy === "another cluster" ? "belongs to another cluster" : "kubernetes, ours",
  ]);
  return [
    owner,
    ...(config === undefined ? [single("look", `${prefix}config`, ["is not written"])] : [configRow(config, prefix)]),
    ...roles.map((each) => roleRow(each, prefix)),
  ];
}

function configRow(config: NonNullable<LoginSurvey["config"]>, prefix: string): Row {
  const days = config.caDaysLeft;
  const mark = (days ?? 0) < 0 || config.reviewerToken === false ? "wrong" : days !== undefined && days < soon ? "look" : "ok";
  return single(
    mark,
    `${prefix}config`,
    [
      config.host,
      config.checksIssuer ? `issuer ${config.issuer ?? "of the pod's own token"}` : "issuer not checked",
      config.reviewerToken === false ? "no reviewer token" : undefined,
    ],
    [
      config.usesOwnPodToken ? "falls back to Vault's own pod token" : "only the reviewer's token",
      days === undefined ? undefined : days < 0 ? "CA has expired" : `CA ${count(days, "day")} left`,
    ],
  );
}

const roleRow = ({ name, serviceAccounts, namespaces, audience, policies, ttlSeconds, maxTtlSeconds }: RoleSurvey, prefix: string): Row =>
  single(
    "ok",
    `${prefix}role ${name}`,
    [
      `${namespaces.join(",")}/${serviceAccounts.join(",")}`,
      audience === undefined ? "any audience" : `audience ${audience}`,
      `policies ${policies.join(",")}`,
    ],
    [`tokens for ${age(ttlSeconds)}, at most ${age(maxTtlSeconds)}`],
  );

function operator({ operator: found }: ClusterStatus): Section {
  if (found === undefined) return { title: "Operator", about: "", rows: [] };
  const ready = found.deployments.filter((one) => one.ready >= one.wanted).length;
  return {
    title: "Operator",
    about: `namespace ${found.namespace}`,
    rows: [
      row(
        found.ready ? "ok" : "wrong",
        found.kind === "eso" ? "External Secrets Operator" : "kubernetes-external-secrets",
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
