import { createHash } from "node:crypto";
import { conflict, type Command, type Diff, type Say } from "../../core/resource.ts";
import { word } from "../../core/shell.ts";
import { failure, kinds, notYet } from "../../errors.ts";
import type { ReviewerAccount } from "../../config/spec/wiring.ts";
import { secretText } from "../../systems/secret-data.ts";
import type { KubeObject, ObjectRef, Readers, Writers } from "../../systems/world.ts";
import type { AppResource } from "../../systems/step.ts";
import { kubectl } from "../../kubernetes/kubectl.ts";
import { applyCommand, diffObject, labelled, named, objectContent } from "../../kubernetes/object.ts";
import { objectId } from "../../kubernetes/object-ref.ts";
import { applying, watching } from "../../systems/need.ts";
import { objectRemoval, type RemovableObject } from "../../kubernetes/object-removal.ts";
import { kubectlIn } from "../../systems/kubectl.ts";
import { isOurs } from "../../kubernetes/ownership.ts";
import type { AppRemoval, RemovalPolicy } from "../../systems/removal.ts";
import { currentSecret, tokenSecretRef, tokenSecrets } from "./token-secrets.ts";

/** Says on the token Secret which token, at which mount, Vault was last given. */
export const configuredAnnotation = "vault-k8s.io/configured";

/**
 * Whether an earlier run came so far that Vault took a token of the reviewer: what wires a cluster has most likely nothing to do. A hint, of what
 * is asked first anyhow: it does not follow the names to the Secret of today.
 */
export async function looksWired(read: Pick<Readers, "kube">, reviewer: ReviewerAccount): Promise<boolean> {
  const [first, { current }] = await Promise.all([read.kube.get(tokenSecretRef(reviewer)), tokenSecrets(read, reviewer)]);
  return first?.metadata.annotations?.[configuredAnnotation] !== undefined || current !== tokenSecretRef(reviewer).name;
}

/** The long-lived token Secret of the reviewer. Kubernetes fills it; see Kubernetes docs, "Manually create a long-lived API token". */
export function reviewerTokenSecret(
  reviewer: ReviewerAccount,
  withinMs: number,
  removable: Pick<RemovableObject, "stays"> = {},
): AppResource {
  const ref = tokenSecretRef(reviewer);
  return {
    id: objectId(ref),
    ref: { is: "object", object: ref },
    removal: (policy) => tokenRemoval(reviewer, removable, policy),
    diff: async (read) => diffTokenSecret(reviewer, await currentSecret(read, reviewer), read.kube),
    apply: async (write: Writers, say: Say) => filledToken(write, reviewer, (await currentSecret(write, reviewer)).name, { withinMs, say }),
    needs: async (read) => {
      const secret = await currentSecret(read, reviewer);
      return [...applying(secret), ...watching(secret, "its token is asked for again and again then")];
    },
    content: async (read) => objectContent(tokenSecret(reviewer, (await currentSecret(read, reviewer)).name)),
    command: async (read) => tokenCommand(reviewer, await currentSecret(read, reviewer), read.kube.context, Math.ceil(withinMs / 1000)),
  };
}

/** Whatever its name is by now. */
function tokenRemoval(reviewer: ReviewerAccount, removable: Pick<RemovableObject, "stays">, policy: RemovalPolicy): AppRemoval {
  const first = tokenSecretRef(reviewer);
  const of = async (read: Readers) => objectRemoval({ ref: await currentSecret(read, reviewer), ...removable }, policy);
  return {
    ...objectRemoval({ ref: first, ...removable }, policy),
    takes: (object) => isOurs(object) && isTokenOf(object, reviewer),
    look: async (read) => (await of(read)).look(read),
    remove: async (write, say) => (await of(write)).remove(write, say),
  };
}

const isTokenOf = ({ kind, metadata }: KubeObject, { namespace, serviceAccount }: ReviewerAccount): boolean =>
  kind === "Secret" && metadata.namespace === namespace && metadata.annotations?.["kubernetes.io/service-account.name"] === serviceAccount;

const tokenSecret = (reviewer: ReviewerAccount, name: string): KubeObject =>
  labelled({
    apiVersion: "v1",
    kind: "Secret",
    metadata: {
      name,
      namespace: reviewer.namespace,
      annotations: { "kubernetes.io/service-account.name": reviewer.serviceAccount },
    },
    type: "kubernetes.io/service-account-token",
  });

interface Patience {
  readonly withinMs: number;
  readonly say: Say;
}

/** Makes such a Secret, and waits until Kubernetes has filled it. @throws CliError VK1109 */
export async function filledToken(write: Writers, reviewer: ReviewerAccount, name: string, patience: Patience): Promise<void> {
  await write.kube.apply(tokenSecret(reviewer, name));
  await waitForToken(write, tokenSecretRef(reviewer, name), patience);
}

/** The fields of the Secret that kubectl is asked for, by the names that the script gives them. */
export const secretField = ({ name, namespace = "" }: ObjectRef, context: string, field: "token" | "ca.crt"): string =>
  `${kubectlIn(context)} -n ${word(namespace)} get secret ${word(name)} -o ${word(`jsonpath={.data.${field.replace(".", "\\.")}}`)}`;

function tokenCommand(reviewer: ReviewerAccount, ref: ObjectRef, context: string, seconds: number): Command {
  const waiting = `token_is_there() { [ -n "$(${secretField(ref, context, "token")} 2> /dev/null)" ]; }\nwithin ${seconds} token_is_there`;
  return { lines: `${applyCommand(tokenSecret(reviewer, ref.name), context).lines}\n${waiting}`, needs: ["within"] };
}

async function diffTokenSecret(reviewer: ReviewerAccount, ref: ObjectRef, kube: Readers["kube"]): Promise<Diff> {
  const [wanted, found] = [tokenSecret(reviewer, ref.name), await kube.get(ref)];
  const diff = diffObject(found, wanted, kube);
  if (found === undefined || diff.kind === "conflict") return diff;
  if (found["type"] !== wanted["type"])
    return conflict(
      `${objectId({ ...wanted, ...wanted.metadata })} is of another type, and Kubernetes cannot change it in place`,
      `Delete it first: ${kubectl(kube, `delete ${named(wanted)}`)}`,
    );
  return diff.kind === "same" && credentialsIn(found) === undefined
    ? { kind: "update", changes: [{ field: "data.token", after: "filled by Kubernetes" }] }
    : diff;
}

async function waitForToken(write: Writers, ref: ObjectRef, { withinMs, say }: Patience): Promise<void> {
  say(`waiting for the token in Secret ${ref.namespace}/${ref.name}`);
  const filled = (secret: KubeObject | undefined): boolean => secret !== undefined && credentialsIn(secret) !== undefined;
  const found = await write.kube.until(ref, filled, withinMs);
  if (found !== undefined && credentialsIn(found) !== undefined) return;
  throw failure(kinds.tokenNotFilled, {
    what: `Kubernetes did not fill Secret ${ref.namespace}/${ref.name}`,
    why:
      found === undefined
        ? "The Secret is gone: its service account does not exist."
        : "The token controller of kube-controller-manager has not done it.",
    fix: "Look at the Secret's events, then run the same command again.",
  });
}

/** What Vault is given of the reviewer. */
export interface ReviewerCredentials {
  readonly token: string;
  /** PEM of the cluster's CA as the Secret has it. */
  readonly ca: string;
}

function credentialsIn(secret: KubeObject): ReviewerCredentials | undefined {
  const [token, ca] = [secretText(secret, "token"), secretText(secret, "ca.crt")];
  return token === undefined || ca === undefined ? undefined : { token, ca };
}

/** The token Secret and what is in it. Throws NotYet while Kubernetes has not filled it. */
export async function reviewerCredentials(
  read: Readers,
  reviewer: ReviewerAccount,
  name?: string,
): Promise<ReviewerCredentials & { readonly secret: KubeObject }> {
  const secret = await read.kube.get(name === undefined ? await currentSecret(read, reviewer) : tokenSecretRef(reviewer, name));
  const credentials = secret && credentialsIn(secret);
  if (secret === undefined || credentials === undefined) {
    throw notYet(kinds.tokenNotFilled, {
      what: `The reviewer ${reviewer.namespace}/${reviewer.serviceAccount} has no token Secret`,
      fix: "vault-k8s reviewer makes it.",
    });
  }
  return { ...credentials, secret };
}

/**
 * What the annotation holds after Vault took the config: SHA-256 over the token and the mount's accessor, so that a new token
 * and a mount that was made again both show.
 */
export const configuredMark = (token: string, accessor: string): string =>
  createHash("sha256").update(`${accessor}\n${token}`).digest("hex");
