import { createHash } from "node:crypto";
import { conflict, type Command, type Diff, type Say } from "../../core/resource.ts";
import { word } from "../../core/shell.ts";
import { untilSettled } from "../../core/settle.ts";
import { failure, kinds, notYet } from "../../errors.ts";
import type { ReviewerAccount } from "../../config/spec/wiring.ts";
import { secretText } from "../../systems/secret-data.ts";
import type { KubeObject, ObjectRef, Readers, Writers } from "../../systems/world.ts";
import type { AppResource } from "../../systems/step.ts";
import { kubectl } from "../../kubernetes/kubectl.ts";
import { applyCommand, diffObject, labelled, named, objectContent } from "../../kubernetes/object.ts";
import { objectId } from "../../kubernetes/object-ref.ts";
import { applying } from "../../systems/need.ts";
import { objectRemoval, type RemovableObject } from "../../kubernetes/object-removal.ts";
import { kubectlIn } from "../../systems/kubectl.ts";

/** Says on the token Secret which token, at which mount, Vault was last given. */
export const configuredAnnotation = "vault-k8s.io/configured";

export const tokenSecretRef = ({ namespace, serviceAccount }: ReviewerAccount): ObjectRef => ({
  apiVersion: "v1",
  kind: "Secret",
  namespace,
  name: `${serviceAccount}-token`,
});

/** The long-lived token Secret of the reviewer. Kubernetes fills it; see Kubernetes docs, "Manually create a long-lived API token". */
export function reviewerTokenSecret(
  reviewer: ReviewerAccount,
  withinMs: number,
  removable: Pick<RemovableObject, "stays"> = {},
): AppResource {
  const ref = tokenSecretRef(reviewer);
  const wanted = labelled({
    apiVersion: "v1",
    kind: "Secret",
    metadata: {
      name: ref.name,
      namespace: reviewer.namespace,
      annotations: { "kubernetes.io/service-account.name": reviewer.serviceAccount },
    },
    type: "kubernetes.io/service-account-token",
  });
  return {
    id: objectId(ref),
    ref: { is: "object", object: ref },
    removal: (policy) => objectRemoval({ ref, ...removable }, policy),
    diff: async (read) => diffTokenSecret(await read.kube.get(ref), wanted, read.kube),
    apply: async (write: Writers, say: Say) => {
      await write.kube.apply(wanted);
      await waitForToken(write, reviewer, withinMs, say);
    },
    needs: () => applying(ref),
    content: () => Promise.resolve(objectContent(wanted)),
    command: (read) => tokenCommand(wanted, read.kube.context, Math.ceil(withinMs / 1000)),
  };
}

/** The fields of the Secret that kubectl is asked for, by the names that the script gives them. */
export const secretField = (reviewer: ReviewerAccount, context: string, field: "token" | "ca.crt"): string => {
  const { name, namespace = "" } = tokenSecretRef(reviewer);
  return `${kubectlIn(context)} -n ${word(namespace)} get secret ${word(name)} -o ${word(`jsonpath={.data.${field.replace(".", "\\.")}}`)}`;
};

function tokenCommand(wanted: KubeObject, context: string, seconds: number): Command {
  const account = {
    namespace: wanted.metadata.namespace ?? "",
    serviceAccount: wanted.metadata.annotations?.["kubernetes.io/service-account.name"] ?? "",
  };
  const waiting = `token_is_there() { [ -n "$(${secretField(account, context, "token")} 2> /dev/null)" ]; }\nwithin ${seconds} token_is_there`;
  return { lines: `${applyCommand(wanted, context).lines}\n${waiting}`, needs: ["within"] };
}

function diffTokenSecret(found: KubeObject | undefined, wanted: KubeObject, kube: Readers["kube"]): Diff {
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

async function waitForToken(write: Writers, reviewer: ReviewerAccount, withinMs: number, say: Say): Promise<void> {
  say(`waiting for the token of ${reviewer.namespace}/${reviewer.serviceAccount}`);
  const found = await untilSettled(
    () => write.kube.get(tokenSecretRef(reviewer)),
    (secret) => secret !== undefined && credentialsIn(secret) !== undefined,
    { withinMs, everyMs: 250 },
  );
  if (found !== undefined && credentialsIn(found) !== undefined) return;
  throw failure(kinds.tokenNotFilled, {
    what: `Kubernetes did not fill Secret ${reviewer.namespace}/${reviewer.serviceAccount}-token`,
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
): Promise<ReviewerCredentials & { readonly secret: KubeObject }> {
  const secret = await read.kube.get(tokenSecretRef(reviewer));
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
