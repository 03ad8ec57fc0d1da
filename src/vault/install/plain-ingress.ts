import type { VaultSpec } from "../../config/spec/vault.ts";
import type { Refusal } from "../../core/resource.ts";
import { at, list } from "../../core/values.ts";
import type { KubeObject } from "../../systems/world.ts";

/**
 * An Ingress without a certificate: people and other clusters would reach Vault over http, whatever its pods speak. Not where http was asked
 * for, nor where another address is said to be the one: its controller may end TLS by itself.
 */
export function plainIngress({ tls, consumerAddress }: VaultSpec, wanted: readonly KubeObject[]): Refusal | undefined {
  if (!tls.enabled || consumerAddress?.startsWith("https:") === true) return undefined;
  const plain = wanted.find((object) => object.kind === "Ingress" && list(at(object, "spec", "tls")).length === 0);
  if (plain === undefined) return undefined;
  return {
    reason: `Ingress ${plain.metadata.name} would have no certificate: people and other clusters would reach Vault over http`,
    fix: "--ingress-tls-secret NAME is the TLS Secret of its host, in Vault's namespace; where its controller ends TLS by itself, pass its address: --consumer-vault-addr https://HOST. --insecure-no-tls goes on with http.",
  };
}
