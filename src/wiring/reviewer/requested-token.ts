import type { ReviewerAccount, ReviewerSpec } from "../../config/spec/wiring.ts";
import { goDuration } from "../../core/duration.ts";
import { kinds, notYet } from "../../errors.ts";
import { labelled } from "../../kubernetes/object.ts";
import { uidOf } from "../../kubernetes/object-ref.ts";
import { onObject, onSubresource, type KubeNeed } from "../../systems/need.ts";
import type { KubeObject, Readers, Writers } from "../../systems/world.ts";
import { jwtClaims } from "../../systems/jwt-claims.ts";
import { readyWith, type ReadyToken, type Reviewing, type Rotation } from "./kind.ts";
import { clusterCa } from "../cluster-ca.ts";
import { secondGoes } from "./not-in-use.ts";
import { accountOf } from "./own-account.ts";
import { configuredAnnotation, configuredMark } from "./token.ts";
import { accountRef, namesOf, newName, noteNames, requested, tokenSecretRef } from "./token-secrets.ts";

const expiresAnnotation = "vault-k8s.io/expires";

/**
 * Vault is given a token that was asked for: https://kubernetes.io/docs/reference/kubernetes-api/authentication-resources/token-request-v1/. It
 * is bound to a Secret without data, ends with it too, and is kept nowhere: annotations of the Secret say that Vault was given one, and its end.
 */
export async function requestedReviewing(read: Readers, reviewer: ReviewerSpec, ca: string): Promise<Reviewing> {
  const { current } = await namesOf(read, reviewer, requested);
  const holder = current === undefined ? undefined : await read.kube.get(tokenSecretRef(reviewer, current));
  let asked: Asked | undefined;
  return {
    ca,
    ownPod: false,
    given: {
      from: `a new token of ${reviewer.namespace}/${reviewer.serviceAccount} for ${goDuration(`${reviewer.tokenSeconds}s`)}`,
      isConfigured: (accessor) =>
        holder?.metadata.annotations?.[configuredAnnotation] === configuredMark(holder === undefined ? "" : uidOf(holder), accessor) &&
        !endsSoon(holder!, Date.now()),
      configured: async (write, accessor) => {
        if (asked !== undefined) await noteGiven(write, reviewer, asked, accessor);
      },
    },
    ready: async (write) => {
      asked = await ask(write, reviewer);
      return asked.ready;
    },
  };
}

interface Asked {
  readonly holder: KubeObject;
  readonly before: string | undefined;
  readonly expires: string;
  readonly ready: ReadyToken;
}

/** A token that is bound to a Secret which Vault's present one is not bound to. From here on no Secret says that Vault has one. */
async function ask(write: Writers, reviewer: ReviewerSpec): Promise<Asked> {
  const { current, other } = await namesOf(write.anew, reviewer, requested);
  const first = current === undefined ? undefined : await write.anew.kube.get(tokenSecretRef(reviewer, current));
  const marked = first?.metadata.annotations?.[configuredAnnotation] !== undefined;
  const next = other ?? (marked ? undefined : current) ?? newName(reviewer, requested);
  const before = current === next ? undefined : current;
  await noteNames(write, reviewer, requested, [before, next]);
  const account = await write.anew.kube.get(accountRef(reviewer));
  const holder = await write.kube.apply(holderOf(reviewer, next, account));
  if (marked && before !== undefined)
    await write.kube.patch(tokenSecretRef(reviewer, before), { metadata: { annotations: { [configuredAnnotation]: null } } });
  const boundTo = { apiVersion: "v1", kind: "Secret", name: next, uid: uidOf(holder) };
  const token = await write.kube.serviceAccountToken(accountOf(reviewer), [], reviewer.tokenSeconds, boundTo);
  // The API server may have made it shorter.
  const end = Number(jwtClaims(token)?.["exp"] ?? Date.now() / 1000 + reviewer.tokenSeconds);
  return { holder, before, expires: new Date(end * 1000).toISOString(), ready: readyWith(token) };
}

/** What it needs for that. Names of the Secrets are made up. */
export const toAsk = (reviewer: ReviewerAccount): KubeNeed[] => [
  ...onObject(accountRef(reviewer), ["get", "patch"]),
  ...onSubresource(accountRef(reviewer), "token", ["create"]),
  ...onObject({ ...tokenSecretRef(reviewer), name: undefined }, ["get", "create", "patch", "delete"]),
];

/** Kubernetes deletes it with its account. */
const holderOf = (reviewer: ReviewerSpec, name: string, account: KubeObject | undefined): KubeObject =>
  labelled({
    apiVersion: "v1",
    kind: "Secret",
    metadata: {
      name,
      namespace: reviewer.namespace,
      ...(account !== undefined && {
        ownerReferences: [{ apiVersion: "v1", kind: "ServiceAccount", name: account.metadata.name, uid: uidOf(account) }],
      }),
    },
    type: "vault-k8s.io/token-request",
  });

async function noteGiven(write: Writers, reviewer: ReviewerSpec, { holder, before, expires }: Asked, accessor: string): Promise<void> {
  const { name } = holder.metadata;
  await write.kube.patch(tokenSecretRef(reviewer, name), {
    metadata: { annotations: { [configuredAnnotation]: configuredMark(uidOf(holder), accessor), [expiresAnnotation]: expires } },
  });
  await noteNames(write, reviewer, requested, [name, before]);
}

/** Less than a third of its life is left. */
function endsSoon({ metadata }: KubeObject, now: number): boolean {
  const [from, to] = [Date.parse(metadata.creationTimestamp ?? ""), Date.parse(metadata.annotations?.[expiresAnnotation] ?? "")];
  return Number.isNaN(to) || (Number.isNaN(from) ? to < now : now > from + ((to - from) * 2) / 3);
}

/** The new one is bound to another Secret; the old one ends when its Secret goes, which is after logins were proven. */
export const requestRotation: Rotation = {
  look: async ({ wiring: { reviewer } }, read) => {
    const { current } = await namesOf(read, reviewer, requested);
    const holder = current === undefined ? undefined : await read.kube.get(tokenSecretRef(reviewer, current));
    if (holder === undefined)
      throw notYet(kinds.tokenNotFilled, {
        what: `No token of ${reviewer.namespace}/${reviewer.serviceAccount} was given to Vault`,
        fix: "vault-k8s auth gives it one.",
      });
    const ends = holder.metadata.annotations?.[expiresAnnotation];
    const before = ends === undefined ? "that of an exchange that was stopped" : `one that ends ${ends}`;
    const after = `a new one, for ${goDuration(`${reviewer.tokenSeconds}s`)}`;
    return { kind: "update", changes: [{ field: "token_reviewer_jwt", before, after }] };
  },
  needs: ({ wiring: { reviewer } }) => toAsk(reviewer),
  rotate: async ({ wiring: { reviewer }, run: { timeoutMs } }, write, hand) => {
    await secondGoes(write, reviewer, requested, timeoutMs);
    await hand(await requestedReviewing(write.anew, reviewer, await clusterCa(write)));
    await secondGoes(write, reviewer, requested, timeoutMs);
  },
};
