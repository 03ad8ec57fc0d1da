import type { Settings } from "../config/fields.ts";
import { failure, kinds } from "../errors.ts";
import type { Readers } from "../clients/world.ts";
import { esoApiVersion } from "../resources/eso-version.ts";
import { kubeObject } from "../resources/kube-object.ts";
import { toFindAddress } from "../resources/vault-reach.ts";
import { defineStep, type AppResource } from "./define.ts";
import { audienceOf } from "./operators.ts";

const inputs = [
  "operator",
  "storeName",
  "storeKind",
  "namespace",
  "kvMount",
  "authMount",
  "roleName",
  "boundServiceAccounts",
  "boundNamespaces",
  "audience",
  "vaultNamespace",
  "consumerVaultAddr",
  "installNamespace",
  "release",
  "caCert",
] as const;
type Inputs = Pick<Settings, (typeof inputs)[number]>;

/** The store: where External Secrets finds Vault and how it logs in. kes has none; its ExternalSecrets say it themselves. */
export const store = defineStep({
  id: "store",
  title: "Create the store",
  inputs,
  resources: (settings) => (settings.operator === "kes" ? [] : [storeResource(settings)]),
});

/** The namespace of a store's object: none for a cluster store. */
export const storeNamespace = ({ storeKind, namespace }: Pick<Inputs, "storeKind" | "namespace">): string | undefined =>
  storeKind === "SecretStore" ? namespace : undefined;

function storeResource(settings: Inputs): AppResource {
  const { storeKind: kind, storeName: name } = settings;
  const account = storeAccount(settings);
  const place = storeNamespace(settings);
  return kubeObject(
    { apiVersion: "external-secrets.io/v1", kind, name, namespace: place },
    async (read, sure) => ({
      apiVersion: await esoApiVersion(read, sure),
      kind,
      metadata: { name, ...(place !== undefined && { namespace: place }) },
      spec: { provider: { vault: await provider(read, settings, account) } },
    }),
    (read) => toFindAddress(read, settings.installNamespace),
  );
}

/** The account that the store logs in as. A SecretStore can only name one of its own namespace. */
function storeAccount({ storeKind, namespace, boundServiceAccounts, boundNamespaces }: Inputs): { name: string; namespace: string } {
  const place = storeKind === "SecretStore" ? namespace : boundNamespaces[0];
  const name = boundServiceAccounts[0];
  if (name === undefined || place === undefined || name.includes("*") || place.includes("*")) {
    throw failure(kinds.badValue, {
      what: "The store needs one service account to log in as",
      why: "The first bound name or namespace is missing or a pattern.",
      fix: "Name it first: --bound-service-account NAME --bound-namespace NAMESPACE",
    });
  }
  if (!boundNamespaces.some((bound) => bound === place || bound === "*")) {
    throw failure(kinds.badValue, {
      what: `A SecretStore in namespace ${place} logs in as an account of that namespace, which the role does not bind`,
      fix: `--bound-namespace ${place} --bound-service-account NAME, or --store-kind ClusterSecretStore`,
    });
  }
  return { name, namespace: place };
}

async function provider({ where }: Readers, settings: Inputs, account: { name: string; namespace: string }) {
  const audience = audienceOf(settings);
  return {
    server: await where.consumerAddress(),
    path: settings.kvMount,
    version: "v2",
    ...(settings.vaultNamespace !== undefined && { namespace: settings.vaultNamespace }),
    ...(where.vaultCa !== undefined && { caBundle: Buffer.from(where.vaultCa).toString("base64") }),
    auth: {
      kubernetes: {
        mountPath: settings.authMount,
        role: settings.roleName.toLowerCase(),
        serviceAccountRef: {
          name: account.name,
          ...(settings.storeKind === "ClusterSecretStore" && { namespace: account.namespace }),
          ...(audience !== undefined && { audiences: [audience] }),
        },
      },
    },
  };
}
