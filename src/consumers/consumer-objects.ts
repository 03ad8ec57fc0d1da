import type { Plain } from "../core/compare.ts";
import type { ConsumerSpec, SecretSpec, StoreSpec } from "../config/spec/consumer.ts";
import type { Spec } from "../config/spec.ts";
import type { AsOf } from "../kubernetes/object.ts";
import type { KubeObject, Readers } from "../systems/world.ts";
import type { LoginPlan } from "./diagnosis/login-plan.ts";
import type { Condition, ExternalFact, StoreFact } from "./diagnosis/operator-facts.ts";
import type { HeldAt, Written } from "./written.ts";

/** A store by its name; one of the whole cluster has no namespace. */
export interface StoreRef {
  readonly kind: string;
  readonly name: string;
  readonly namespace?: string | undefined;
}

/** What the ExternalSecrets of a wiring read by: its stores where the kind has some, else its auth mount. */
export interface ReadBy {
  readonly stores: readonly StoreRef[];
  readonly authMount: string;
}

/** The objects of a kind of consumer: each ExternalSecret makes one Secret of the same name. */
export interface ConsumerObjects {
  /** What it is called that serves them. */
  readonly title: string;
  readonly group: string;
  /** The versions of the group that will do, the wanted one first. Where there is one alone nobody asks which is served. */
  readonly versions: readonly [string, ...string[]];
  /** Where consumers of this kind find Vault. Left out where an ExternalSecret says that itself. */
  readonly stores?: ConsumerStores;
  /** The `spec` of an ExternalSecret with what its operator takes where it says nothing, as `secret` says it. */
  completed(external: KubeObject, env: Readonly<Record<string, string>>): Plain;
  /** The `spec` of an ExternalSecret. */
  secret(wanted: SecretSpec, spec: Spec["wiring"], role: string): Plain;
  /** Those of its fields that say what is read, for one that another tool writes too; null takes a field away. */
  secretPatch?(wanted: Pick<SecretSpec, "path" | "keys">, from: { readonly prefix: string; readonly store: StoreRef }): Plain;
  /** Whether an ExternalSecret of its group reads by a wiring. */
  readsBy(external: KubeObject, by: ReadBy): boolean;
  /** Whether one is meant to, as far as it can be seen: it may say something wrong. */
  meansToReadBy(external: KubeObject, by: ReadBy): boolean;
  /** How an ExternalSecret logs in, for kinds without stores; `env` is what its operator was told where it does not say it. */
  loginOf?(external: KubeObject, env: Readonly<Record<string, string>>): Pick<LoginPlan, "mount" | "role"> | undefined;
  /** Where the operator finds Vault, for kinds without stores. */
  addressIn?(env: Readonly<Record<string, string>>): string | undefined;
  /** The store that an ExternalSecret names. */
  storeOf(external: KubeObject): ExternalFact["store"];
  /** What an ExternalSecret reads. */
  keysOf(external: KubeObject): ExternalFact["keys"];
  /** What it makes of a secret of Vault. */
  written(external: KubeObject, from: HeldAt): Written;
  /** Whether an ExternalSecret that was synced is not synced again by itself. Left out where it always is. */
  readsOnce?(external: KubeObject): boolean;
  /** How often one is synced, in seconds; undefined where it does not say. Left out where no object says it. */
  everySeconds?(external: KubeObject): number | undefined;
  /** When it was last synced, as it says. */
  lastSync(external: KubeObject): string | undefined;
  /** An annotation at whose change one of its objects is looked at again at once. Left out where there is none. */
  readonly lookAgain?: string;
  /**
   * Whether the controller writes the Secret of an object that is being deleted, as owned by it: then it has to stand still where Secrets are
   * to stay. Left out where it does not.
   */
  readonly writesWhileDeleted?: boolean;
  /** What is said of one of its objects; undefined where nobody has looked at it. */
  readyOf(object: KubeObject): Condition | undefined;
}

export interface ConsumerStores {
  readonly kinds: readonly string[];
  /** The `spec` of a store. Throws VK1004 where it cannot log in as anybody. */
  spec(about: StoreAbout, read: Readers, asOf: AsOf): Promise<Plain>;
  /** Namespaces whose ExternalSecrets may use a store, none for all; undefined where it says that by other means. */
  allowedIn(store: KubeObject): readonly string[] | undefined;
  /** What a store says of Vault. */
  read(store: KubeObject): Pick<StoreFact, "server" | "path" | "version" | "vaultNamespace" | "hasCa" | "controller">;
  /** The class of stores that an operator with these arguments looks at. */
  classOf(args: readonly string[]): string;
  /** How it logs in to Vault; undefined where it does not do so by Kubernetes. */
  loginIn(store: KubeObject): LoginPlan | undefined;
  /** A merge patch that changes this much of a store, for one that another tool writes too. */
  patch(change: StoreChange): Plain;
}

/** Fields of a store by what they mean; what is left out stays as it is. */
export interface StoreChange {
  readonly server?: string;
  readonly path?: string;
  readonly version?: string;
  /** Of the login. */
  readonly mount?: string;
  readonly role?: string;
  /** As which account it logs in, with a token of its own each time; without a namespace as one of the store's. */
  readonly login?: { readonly name: string; readonly namespace: string | undefined; readonly audience: string | undefined };
  /** PEM. */
  readonly ca?: string;
}

/** What a store is made of. */
export interface StoreAbout {
  readonly spec: Spec;
  readonly consumer: ConsumerSpec;
  readonly store: StoreSpec;
}
