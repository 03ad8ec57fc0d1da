import type { World } from "../world/open.ts";
import type { OpenedNodes } from "../world/open-nodes.ts";
import type { Readers, Writers } from "../../systems/world.ts";
import type { Spec } from "../../config/spec.ts";
import type { CliError } from "../../core/errors.ts";
import { fact, isKnown, valueOf } from "../../core/fact.ts";
import { kinds } from "../../errors.ts";
import type { BoundStep } from "../../core/step.ts";
import { releasePods } from "../../systems/vault-pods.ts";
import { otherSaid, otherSettings, type OtherSettings } from "../../vault/install/other-settings.ts";
import type { ClusterStatus, StepSurvey } from "./schema.ts";
import { surveyOperator, surveyReviewer, surveySynced } from "./cluster-side.ts";
import { surveyKeptToken } from "./kept-token.ts";
import { surveyLogin, surveyLogins } from "./login.ts";
import { surveyNodes } from "./nodes.ts";
import { surveyRaft } from "./raft.ts";
import { surveySteps } from "./steps.ts";
import { Unknown } from "./unknown.ts";
import { withVerdict } from "./verdict.ts";

type Steps = readonly BoundStep<Readers, Writers>[];
type Status = Omit<ClusterStatus, "ok">;

/**
 * Everything that can be seen of one cluster, all asked at once. What cannot be read is told, and hides nothing else.
 * @throws CliError where the cluster's API server cannot be asked at all, unless `tolerant`: then it stands in `failure`.
 */
export const lookAtCluster = (world: World, spec: Spec, steps: Steps, tolerant: boolean): Promise<ClusterStatus> =>
  world.look((read) => clusterIn(read, spec, steps, tolerant));

async function clusterIn(read: Readers, spec: Spec, steps: Steps, tolerant: boolean): Promise<ClusterStatus> {
  const unknown = new Unknown();
  const now = new Date();
  const { cluster } = spec;
  const [vaultSide, clusterSide] = await Promise.all([
    lookAtVault(read, spec, unknown, now),
    lookInside(read, spec, steps, { unknown, now, tolerant }),
  ]);
  const { context, server } = read.kube;
  return withVerdict({ cluster, context, server, vault: read.vault.describe(), ...vaultSide, ...clusterSide, unknown: unknown.all() });
}

async function lookAtVault(
  read: Readers,
  { vault: { install }, wiring }: Spec,
  unknown: Unknown,
  now: Date,
): Promise<Pick<Status, "nodes" | "ignoredPods" | "raft" | "keptToken" | "logins">> {
  const { vaultKube, vault } = read;
  const pods = async () => (vaultKube === undefined ? { set: undefined, pods: [], ignored: [] } : releasePods(vaultKube, install));
  const [nodes, ignored, raft, keptToken, logins] = await Promise.all([
    unknown.ask("Vault's nodes", () => surveyNodes(read.nodes, pods, now)),
    unknown.ask("Vault's pods", async () => (await pods()).ignored),
    surveyRaft(vault, unknown),
    surveyKeptToken(read, unknown),
    surveyLogin({ vault, unknown, now }, wiring, () => read.kube.clusterUid()),
  ]);
  const ignoredPods = (valueOf(ignored) ?? []).map(({ metadata }) => metadata.name);
  return { nodes: valueOf(nodes) ?? [], ...(ignoredPods.length > 0 && { ignoredPods }), raft, keptToken, logins };
}

interface How {
  readonly unknown: Unknown;
  readonly now: Date;
  readonly tolerant: boolean;
}

async function lookInside(
  read: Readers,
  { vault, wiring, consumers }: Spec,
  steps: Steps,
  { unknown, now, tolerant }: How,
): Promise<Omit<Status, keyof Awaited<ReturnType<typeof lookAtVault>> | "unknown">> {
  const failure = await notReached(read);
  if (failure !== undefined && !tolerant) throw failure;
  if (failure !== undefined) return { stores: [], secrets: [], steps: [], failure: inWords(failure) };
  const [reviewer, operator, synced, surveys, other] = await Promise.all([
    unknown.ask("reviewer", () => surveyReviewer(read, wiring.reviewer, now)),
    unknown.ask("operator", () => surveyOperator(read, consumers[0])),
    unknown.ask("stores and secrets", () => Promise.all(consumers.map((consumer) => surveySynced(read, wiring.authMount, consumer, now)))),
    surveySteps(steps, read),
    // Beside what the steps say of the release: where it cannot be looked at, they do.
    fact(() => otherSettings(read, vault)),
  ]);
  return {
    reviewer: valueOf(reviewer),
    operator: valueOf(operator),
    stores: (valueOf(synced) ?? []).flatMap(({ stores }) => stores),
    secrets: (valueOf(synced) ?? []).flatMap(({ secrets }) => secrets),
    steps: surveys.map((survey) => otherwise(survey, valueOf(other))),
  };
}

const ofInstall = new Set<string>(["tls", "install"]);

/** What is there under other settings is not missing. */
function otherwise(survey: StepSurvey, { place, made }: OtherSettings = { place: [], made: [] }): StepSurvey {
  const detail = otherSaid([...place, ...made]);
  if (detail === undefined || !ofInstall.has(survey.id) || !["missing", "differs"].includes(survey.state)) return survey;
  return { ...survey, state: "differs", detail };
}

const silent = new Set<unknown>([kinds.kubeUnreachable, kinds.kubeUnauthenticated, kinds.kubeGarbage, kinds.kubeconfig]);

/** Where the API server does not answer, or knows nobody, each further question would only wait for the same. */
async function notReached({ kube }: Readers): Promise<CliError | undefined> {
  const uid = await fact(() => kube.clusterUid());
  return !isKnown(uid) && silent.has(uid.error?.kind) ? uid.error : undefined;
}

export const inWords = ({ kind, message, why, fix }: CliError): NonNullable<ClusterStatus["failure"]> => ({
  code: kind.code,
  what: message,
  why,
  fix,
});

/** Vault at an address: no kubeconfig is needed; without a token only what its nodes tell anybody. */
export const lookAtAddress = (opened: OpenedNodes): Promise<ClusterStatus> => opened.look(() => addressIn(opened));

async function addressIn({ title, nodes, vault, mayHaveToken }: OpenedNodes): Promise<ClusterStatus> {
  const unknown = new Unknown();
  const now = new Date();
  const [surveyed, raft, logins] = await Promise.all([
    surveyNodes(nodes, () => Promise.resolve({ set: undefined, pods: [] }), now),
    mayHaveToken ? surveyRaft(vault, unknown) : undefined,
    mayHaveToken ? surveyLogins({ vault, unknown, now }) : [],
  ]);
  return withVerdict({ vault: title, nodes: surveyed, raft, logins, stores: [], secrets: [], steps: [], unknown: unknown.all() });
}
