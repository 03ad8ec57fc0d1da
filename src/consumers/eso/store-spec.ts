import { failure, kinds } from "../../errors.ts";
import { NotYet } from "../../core/errors.ts";
import type { Plain } from "../../core/compare.ts";
import type { LoginSpec, StoreSpec } from "../../config/spec/consumer.ts";
import type { AsOf } from "../../kubernetes/object.ts";
import { tokenAudiences } from "../token-audiences.ts";
import { laterCa } from "../../systems/content.ts";
import type { Readers, Where } from "../../systems/world.ts";
import type { StoreAbout } from "../consumer-objects.ts";

/** The `spec` of a store. Throws VK1004 where it cannot log in as anybody, and NotYet where Vault, whose CA it needs, is not there. */
export async function storeSpec({ spec, consumer, store }: StoreAbout, read: Readers, asOf: AsOf): Promise<Plain> {
  const { where } = read;
  const { vault, wiring } = spec;
  const account = storeAccount(store, consumer.login);
  const server = await where.consumerAddress();
  const audiences = await tokenAudiences(read, consumer.login);
  const ca = server.startsWith("http:") ? undefined : await consumerCa(where, asOf);
  return {
    ...(store.allowedNamespaces.length > 0 && { conditions: [{ namespaces: [...store.allowedNamespaces] }] }),
    provider: {
      vault: {
        server,
        path: wiring.kv.mount,
        version: "v2",
        ...(vault.namespace !== undefined && { namespace: vault.namespace }),
        ...(ca !== undefined && { caBundle: ca === laterCa ? ca : Buffer.from(ca).toString("base64") }),
        ...(store.tlsSecret !== undefined && { tls: clientCertificate(store.tlsSecret, store, account) }),
        auth: { kubernetes: { mountPath: wiring.authMount, ...loginOf(store, consumer.login.role, account, audiences) } },
      },
    },
  };
}

interface Account {
  readonly name: string;
  readonly namespace: string;
}

/** A SecretStore can only name a Secret of its own namespace. */
function clientCertificate(name: string, { namespace }: StoreSpec, account: Account): Plain {
  const ref = (key: string) => ({ name, key, ...(namespace === undefined && { namespace: account.namespace }) });
  return { certSecretRef: ref("tls.crt"), keySecretRef: ref("tls.key") };
}

const loginOf = ({ namespace }: StoreSpec, role: string, account: Account, audiences: readonly string[]) => ({
  role,
  serviceAccountRef: {
    name: account.name,
    ...(namespace === undefined && { namespace: account.namespace }),
    ...(audiences.length > 0 && { audiences: [...audiences] }),
  },
});

/** The account that the store logs in as. A SecretStore can only name one of its own namespace. */
function storeAccount({ namespace }: StoreSpec, login: LoginSpec): Account {
  const place = namespace ?? login.namespaces[0];
  const name = login.serviceAccounts[0];
  if (name === undefined || place === undefined || name.includes("*") || place.includes("*")) {
    throw failure(kinds.badValue, {
      what: "The store needs one service account to log in as",
      why: "The first bound name or namespace is missing or a pattern.",
      fix: "Name it first: --bound-service-account NAME --bound-namespace NAMESPACE",
    });
  }
  if (!login.namespaces.some((bound) => bound === place || bound === "*")) {
    throw failure(kinds.badValue, {
      what: `A SecretStore in namespace ${place} logs in as an account of that namespace, which the role does not bind`,
      fix: `--bound-namespace ${place} --bound-service-account NAME, or --store-kind ClusterSecretStore`,
    });
  }
  return { name, namespace: place };
}

const consumerCa = (where: Where, asOf: AsOf): Promise<string | undefined> =>
  where.consumerCa().catch((error: unknown) => {
    if (error instanceof NotYet && asOf === "later") return laterCa;
    throw error;
  });
