import type { Spec } from "../../config/spec.ts";
import { failure, kinds, notYet } from "../../errors.ts";
import { at, text } from "../../core/values.ts";
import { onObject } from "../../systems/need.ts";
import { releaseSet } from "../../systems/vault-pods.ts";
import type { Readers, Writers } from "../../systems/world.ts";
import { vaultRunsHere } from "../vault-runs-here.ts";
import type { Account } from "./account.ts";
import { readyWith, type ReadyToken, type ReviewerKind } from "./kind.ts";
import { caOfCluster } from "./without-token.ts";

/** Vault reviews with the token of its own pod, which Kubernetes renews: where it runs in the very cluster that is wired. */
export const byLocal: ReviewerKind = {
  resources: () => [],
  before: () => [],
  accounts: async (spec, read) => [await accountOfVault(spec, read)],
  mayHaveBound: ({ vault }, { namespace }) => namespace === vault.install.namespace,
  reviewing: async (spec, read) => {
    await refuseElsewhere(read);
    return { ca: "", ownPod: true, ready: (write) => ready(spec, write) };
  },
  needs: ({ vault: { install } }) => [
    ...onObject(caOfCluster, ["get"]),
    ...onObject({ apiVersion: "apps/v1", kind: "StatefulSet", namespace: install.namespace }, ["list"]),
    {
      system: "kubernetes",
      cluster: "wired",
      verb: "create",
      group: "",
      resource: "serviceaccounts",
      subresource: "token",
      namespace: install.namespace,
    },
  ],
  asked: ({ vault: { namespace, release } }) => ({
    namespace,
    name: release,
    givesToken: false,
    isClient: false,
    isVaults: true,
    ends: false,
  }),
  script: { ownPod: true, notes: false, later: () => ({ ca: "" }), ca: () => Promise.resolve(undefined) },
};

/** A token of the account that Vault's pods have too. */
async function ready(spec: Spec, write: Writers): Promise<ReadyToken> {
  const token = await write.kube.serviceAccountToken(await accountOfVault(spec, write), [], 600);
  return { proof: readyWith(token).proof };
}

/** The account of Vault's pods. Throws NotYet before Vault is installed, VK1004 where it is elsewhere. */
async function accountOfVault({ vault: { install } }: Spec, read: Readers): Promise<Account> {
  await refuseElsewhere(read);
  const set = await releaseSet(read.kube, { namespace: install.namespace, release: install.release });
  if (set !== undefined)
    return { namespace: install.namespace, name: text(at(set["spec"], "template", "spec", "serviceAccountName")) ?? "default" };
  throw notYet(kinds.vaultNotInstalled, {
    what: `Release ${install.release} has no Vault in namespace ${install.namespace}, so the account of its pods is not known`,
    fix: "vault-k8s install makes it.",
  });
}

async function refuseElsewhere(read: Readers): Promise<void> {
  if (await vaultRunsHere(read)) return;
  throw failure(kinds.badValue, {
    what: "--reviewer local needs a Vault that runs in the very cluster that is wired",
    why:
      read.where.vaultIs === "address"
        ? "This Vault is at an address: whether its pods have a token of this cluster cannot be known."
        : "This one runs in another cluster, whose tokens this API server does not take.",
    fix: "Choose --reviewer token, the default, or --reviewer client.",
  });
}
