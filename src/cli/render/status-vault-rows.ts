import type { Certificate, ClusterStatus, NodeSurvey, RaftSurvey } from "../../run/status/schema.ts";
import { keptTokenRow } from "./status-token-row.ts";
import { type Row, type Section, row, single, count, soon } from "./status-row.ts";

export function vault({ cluster, vault: about, nodes, ignoredPods = [], raft, keptToken, steps, failure }: ClusterStatus): Section {
  const none = nodes.length === 0 && (failure === undefined || steps.length > 0) ? [row("wrong", "no Vault pods", [])] : [];
  return {
    title: "Vault",
    about: about ?? "",
    rows: [
      ...none,
      ...nodes.map((node) => nodeRow(node, raft)),
      ...ignoredPods.map((name) => single("look", name, ["ignored: it has Vault's labels, and is no pod of its StatefulSet"])),
      ...revisionRow(nodes),
      ...(raft === undefined ? [] : [raftRow(raft, nodes)]),
      ...(keptToken === undefined ? [] : [keptTokenRow(keptToken, cluster)]),
    ],
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
  daysLeft < 0
    ? `certificate expired ${daysLeft === -1 ? "within the last day" : `${count(-daysLeft, "day")} ago`}`
    : `certificate ${count(daysLeft, "day")} left`;

function revisionRow(nodes: readonly NodeSurvey[]): Row[] {
  const old = nodes.filter(({ pod }) => pod?.earlierRevision === true).length;
  if (old === 0) return [];
  return [
    single("look", "revision", [`${old} of ${count(nodes.length, "pod")} run an earlier revision`, "vault-k8s rollout replaces them"]),
  ];
}

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
