import type { Authority } from "../tls/certificates.ts";
import type { FakeVault } from "../vault/vault.ts";
import type { Names } from "../wire/names.ts";
import type { Access } from "./access.ts";
import type { Objects } from "./objects.ts";
import type { ServiceAccountTokens } from "./service-account-tokens.ts";

/** What the parts of one cluster know of each other. */
export interface Cluster {
  readonly name: string;
  readonly objects: Objects;
  readonly tokens: ServiceAccountTokens;
  readonly access: Access;
  readonly authority: Authority;
  readonly names: Names;
  /** The Vault whose nodes are this cluster's pods; undefined where there is none. */
  vault: FakeVault | undefined;
  /** A new address for a load balancer. */
  nextAddress(): string;
}
