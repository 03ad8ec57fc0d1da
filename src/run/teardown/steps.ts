import type { Settings } from "../../config/fields.ts";
import { milliseconds } from "../../core/duration.ts";
import { crdFor } from "../../consumers/operator-ready.ts";
import { bindingName } from "../../wiring/reviewer/binding.ts";
import { tokenSecretRef } from "../../wiring/reviewer/token.ts";
import { absent, type Leaving } from "./absent.ts";
import { externalSecrets, leavingExternalSecrets, nameOf, secretsVersion, usesStore, type WhoseSecrets } from "./external-secrets.ts";
import { leavingAuthMount, leavingPolicy, leavingSecrets } from "./in-vault.ts";
import { leavingKesCa } from "./kes-ca.ts";
import { leavingNamespace } from "./namespace.ts";
import { leavingObject } from "./object.ts";
import { keysStay, leavingVaultSecrets, leavingVolumes, vaultStays, type OwnVault } from "./own-vault.ts";
import { leavingRelease, operatorNeeded } from "./release.ts";
import type { AppBoundStep } from "../../systems/step.ts";
import { operators } from "../../consumers/kinds.ts";
import { storeNamespace } from "../../consumers/store.ts";

export interface TeardownChoices {
  /** Secrets that ExternalSecrets made stay. */
  readonly keepSecrets: boolean;
  /** Vault's volumes, and the secrets of the cluster in it, are deleted. */
  readonly deleteData: boolean;
  /** Vault goes although other clusters are wired to it. */
  readonly forceVault: boolean;
}

type Given = Settings & TeardownChoices & { readonly withinMs: number };

/** The steps of bootstrap backwards, each with what it made. */
export function teardownSteps(settings: Settings, choices: TeardownChoices): AppBoundStep[] {
  const given: Given = { ...settings, ...choices, withinMs: milliseconds(settings.timeout) };
  const whose: WhoseSecrets = { ...given, storeNamespace: storeNamespace(given) };
  const vault: OwnVault = { ...given, namespace: given.installNamespace };
  const own = given.vaultAddr === undefined && given.vaultContext === undefined;
  return [
    step("secret", "Take away the ExternalSecrets", [leavingExternalSecrets(whose, given.keepSecrets, given.withinMs)]),
    step("store", "Take away the store", given.operator === "kes" ? [] : [store(given, whose)]),
    step("auth", "Take away what is the cluster's in Vault", [
      leavingAuthMount(given.authMount),
      leavingPolicy(given.policyName.toLowerCase()),
      leavingSecrets({ ...given, mount: given.kvMount, prefix: given.kvPrefix, vaultStays: (read) => vaultStays(read, vault) }),
    ]),
    step("reviewer", "Take away the reviewer", reviewer(given)),
    step("external-secrets", "Uninstall the external-secrets operator", operator(given, whose)),
    ...(own ? [step("install", "Uninstall Vault", ownVault(given, vault))] : []),
    step("namespace", "Take away the application's namespace", [namespace(given, given.namespace)]),
  ];
}

const step = (id: string, title: string, leaving: readonly Leaving[]): AppBoundStep => ({
  id,
  title,
  resources: leaving.map(absent),
  checks: [],
});

const namespace = (
  { keepSecrets, withinMs }: Given,
  name: string,
  with_: { readonly release?: string; readonly rest: readonly Leaving[] } = { rest: [] },
): Leaving => leavingNamespace({ name, release: with_.release, rest: with_.rest.map(({ look }) => look), keepSecrets, withinMs });

function store({ storeKind: kind, storeName: name, withinMs }: Given, whose: WhoseSecrets): Leaving {
  return leavingObject({
    ref: { apiVersion: "external-secrets.io/v1", kind, name, namespace: whose.storeNamespace },
    apiVersion: (read) => secretsVersion(read, "eso"),
    note: async (read) => {
      const others = (await externalSecrets(read, whose)).others.filter((object) => usesStore(object, whose));
      return others.length === 0 ? undefined : `not ours, and no longer updated without it: ${others.map(nameOf).join(", ")}`;
    },
    withinMs,
  });
}

function reviewer(given: Given): Leaving[] {
  const { reviewerNamespace, reviewerServiceAccount, withinMs, authMount } = given;
  const account = { namespace: reviewerNamespace, serviceAccount: reviewerServiceAccount };
  const refs = [
    { apiVersion: "rbac.authorization.k8s.io/v1", kind: "ClusterRoleBinding", name: bindingName(authMount) },
    tokenSecretRef(account),
    { apiVersion: "v1", kind: "ServiceAccount", name: reviewerServiceAccount, namespace: reviewerNamespace },
  ];
  return [...refs.map((ref) => leavingObject({ ref, withinMs })), namespace(given, reviewerNamespace)];
}

function operator(given: Given, whose: WhoseSecrets): Leaving[] {
  const name = given.operatorRelease ?? operators[given.operator].release;
  const release = leavingRelease({
    namespace: given.operatorNamespace,
    name,
    stays: async (read) => {
      const apiVersion = await secretsVersion(read, given.operator);
      const stores = apiVersion === undefined || given.operator === "kes" ? [] : ["SecretStore", "ClusterSecretStore"];
      const others = (await externalSecrets(read, whose)).others.map((object) => `ExternalSecret ${nameOf(object)}`);
      return operatorNeeded(
        read,
        others,
        stores.map((kind) => ({ apiVersion: apiVersion ?? "", kind })),
      );
    },
    // Helm leaves what stands in a chart's folder crds.
    definition: given.operator === "kes" ? crdFor("kes") : undefined,
    withinMs: given.withinMs,
  });
  const ca = given.operator === "kes" ? [leavingKesCa(given.operatorNamespace, release, given.withinMs)] : [];
  return [release, ...ca, namespace(given, given.operatorNamespace, { release: name, rest: [release] })];
}

function ownVault(given: Given, vault: OwnVault): Leaving[] {
  const { namespace: place, release: name, withinMs } = vault;
  const release = leavingRelease({ namespace: place, name, stays: (read) => vaultStays(read, vault), withinMs });
  const rest = [release, leavingVolumes(vault), leavingVaultSecrets(vault)];
  return [...rest, namespace(given, place, { release: name, rest }), keysStay()];
}
