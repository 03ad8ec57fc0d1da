/**
 * What steps may ask of the world (`Readers`) and do to it (`Writers`). Resources and checks know these types only; how a
 * request travels is known to the clients alone. A reader has no method that changes what is stored; proofs (a login, a TokenRequest,
 * a TokenReview, an access review) count as reading.
 */
import type { KubeReader, KubeWriter, ObjectRef } from "./world/kube.ts";
import type { VaultReader, VaultWriter } from "./world/vault.ts";
import type { NodesReader, NodesWriter } from "./world/nodes.ts";
import type { HelmReader, HelmWriter } from "./world/helm.ts";
import type { KeysReader, KeysWriter, KeyHolders } from "./world/keys.ts";
import type { Proofs } from "./world/proofs.ts";

export type * from "./world/kube.ts";
export type * from "./world/vault.ts";
export type * from "./world/nodes.ts";
export type * from "./world/helm.ts";
export type * from "./world/keys.ts";
export type * from "./world/proofs.ts";
export type * from "./world/root-generation.ts";

export interface Readers {
  /**
   * The same, asked past all that a look keeps: what a deletion, a key, a token or a lock rests on is asked of it, right before. Outside of a
   * look there is no difference but that no answer is shared.
   */
  readonly anew: Readers;
  readonly where: Where;
  /** The cluster that is being wired. */
  readonly kube: KubeReader;
  /** The cluster in whose pods Vault runs; undefined where Vault is only an address. */
  readonly vaultKube: KubeReader | undefined;
  readonly vault: VaultReader;
  readonly nodes: NodesReader;
  readonly helm: HelmReader;
  readonly keys: KeysReader;
  readonly proofs: Proofs;
}

export interface Writers extends Readers {
  readonly kube: KubeWriter;
  readonly vaultKube: KubeWriter | undefined;
  readonly vault: VaultWriter;
  readonly nodes: NodesWriter;
  readonly helm: HelmWriter;
  readonly keys: KeysWriter;
  /** Undefined where nobody can be asked. */
  readonly holders: KeyHolders | undefined;
}

/** Which Vault and which cluster a run is about; see "Which Vault" in docs/concepts.md. */
export interface Where {
  /** `cluster`: Vault's pods run in the cluster that is wired; `other-cluster`: in another one; `address`: at an address. */
  readonly vaultIs: "cluster" | "other-cluster" | "address";
  /** This run shows Vault a person's client certificate. */
  readonly showsCertificate?: boolean;
  /** The address at which pods of the wired cluster reach Vault. Throws VK1214 when there is none (yet). */
  consumerAddress(): Promise<string>;
  /**
   * PEM of the CAs that Vault's own certificate is signed by; undefined for plain http or a public certificate. It is --ca-cert, or what
   * Vault's pods mount. Throws NotYet while there are no pods.
   */
  vaultCa(): Promise<string | undefined>;
  /** The object that Vault's pods mount it from; undefined where it comes from elsewhere, or there are no pods. */
  vaultCaObject(): Promise<ObjectRef | undefined>;
  /** The same for the certificate that stands at the consumer's address: an Ingress may have one of its own. */
  consumerCa(): Promise<string | undefined>;
}
