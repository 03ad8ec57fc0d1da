import type { StepId } from "../../config/step-id.ts";
import type { Spec } from "../../config/spec.ts";
import type { AppRemoval, RemovalPolicy } from "../../systems/removal.ts";
import { inSilentVault, vaultNeeded } from "../../vault/needed.ts";

export interface TeardownChoices {
  /** Secrets that ExternalSecrets made stay. */
  readonly keepSecrets: boolean;
  /** Vault's volumes, and the secrets of the cluster in it, are deleted. */
  readonly deleteData: boolean;
  /** Vault goes although other clusters are wired to it. */
  readonly forceVault: boolean;
}

/** A part of a teardown, as a person reads it. */
export interface Part {
  readonly id: string;
  readonly title: string;
}

const inVault: Part = { id: "auth", title: "Take away what is the cluster's in Vault" };
const ownVault: Part = { id: "install", title: "Uninstall Vault" };

/** The part to which the removals of a step belong. What the other steps make belongs to a whole Vault, and goes or stays with it. */
export const partOf: Readonly<Partial<Record<StepId, Part>>> = {
  secret: { id: "secret", title: "Take away the ExternalSecrets" },
  store: { id: "store", title: "Take away the store" },
  auth: inVault,
  policy: inVault,
  kv: inVault,
  reviewer: { id: "reviewer", title: "Take away the reviewer" },
  "external-secrets": { id: "external-secrets", title: "Uninstall the external-secrets operator" },
  "operator-init": ownVault,
  install: ownVault,
  tls: ownVault,
};

/** The application's namespace goes last: others of ours may lie in it. */
export const lastPart: Part = { id: "namespace", title: "Take away the application's namespace" };

/** What stays, and why. */
export function policyFor(
  { vault, wiring, consumers, run }: Spec,
  { keepSecrets, deleteData, forceVault }: TeardownChoices,
  all: () => readonly AppRemoval[],
): RemovalPolicy {
  const roles = consumers.map(({ login }) => login.role);
  const own = { ...vault.install, vaultNamespace: vault.namespace, authMount: wiring.authMount, roles };
  return {
    keepSecrets,
    dataStays: deleteData ? undefined : "data is kept; --delete-data deletes it",
    vaultStays: vaultNeeded(own, forceVault),
    inSilentVault: (read, error) => inSilentVault(read, own, error),
    all,
    withinMs: run.timeoutMs,
  };
}
