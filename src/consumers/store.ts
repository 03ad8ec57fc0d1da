import type { Settings } from "../config/fields.ts";
import { failure, kinds } from "../errors.ts";
import { NotYet } from "../core/errors.ts";
import type { Command } from "../core/resource.ts";
import type { KubeObject, Readers, Where } from "../systems/world.ts";
import { laterCa } from "../systems/content.ts";
import { esoApiVersion } from "./eso/version.ts";
import { externalSecrets, isOfWiring, nameOf, readsBy, secretsVersion, type ReadBy } from "./external-secrets.ts";
import { kubeObject, type Sure } from "../kubernetes/object.ts";
import { toFindAddress } from "../systems/reach.ts";
import { defineStep, type AppResource } from "../systems/step.ts";
import { audienceOf } from "./kinds.ts";

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
  const place = storeNamespace(settings);
  const make = async (read: Readers, sure: Sure): Promise<KubeObject> => ({
    apiVersion: await esoApiVersion(read, sure),
    kind,
    metadata: { name, ...(place !== undefined && { namespace: place }) },
    spec: { provider: { vault: await provider(read, settings, storeAccount(settings), sure) } },
  });
  const resource = kubeObject({ apiVersion: "external-secrets.io/v1", kind, name, namespace: place }, make, {
    alsoNeeds: (read) => toFindAddress(read, settings.installNamespace),
    version: (read) => secretsVersion(read, "eso"),
    note: (read) => notUpdated(read, { kind: "eso", stores: [{ kind, name, namespace: place }], authMount: settings.authMount }),
  });
  return { ...resource, command: async (read) => withCa(await resource.command(read)) };
}

/** Who else reads by the store, for whoever takes it away. */
async function notUpdated(read: Readers, by: ReadBy): Promise<string | undefined> {
  const others = (await externalSecrets(read, "eso")).filter((object) => readsBy(object, by) && !isOfWiring(object, by));
  return others.length === 0 ? undefined : `not ours, and no longer updated without it: ${others.map(nameOf).join(", ")}`;
}

/** The same command where the CA is not known yet: the shell puts it in. */
function withCa(command: Command): Command {
  const [first = "", ...rest] = command.lines.split("\n");
  if (!command.lines.includes(`caBundle: ${laterCa}`)) return command;
  const [apply = "", mark = ""] = first.split(" <<");
  const filled = `{ sed "s,${laterCa},$(base64 < "$VAULT_CACERT" | tr -d '\\n')," | ${apply}; } <<${mark}`;
  return { ...command, lines: [filled, ...rest].join("\n"), needs: [...(command.needs ?? []), "vaultCa"] };
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

const consumerCa = (where: Where, sure: Sure): Promise<string | undefined> =>
  where.consumerCa().catch((error: unknown) => {
    if (error instanceof NotYet && sure === "later") return laterCa;
    throw error;
  });

async function provider({ where }: Readers, settings: Inputs, account: { name: string; namespace: string }, sure: Sure) {
  const audience = audienceOf(settings);
  const server = await where.consumerAddress();
  const ca = server.startsWith("http:") ? undefined : await consumerCa(where, sure);
  return {
    server,
    path: settings.kvMount,
    version: "v2",
    ...(settings.vaultNamespace !== undefined && { namespace: settings.vaultNamespace }),
    ...(ca !== undefined && { caBundle: ca === laterCa ? ca : Buffer.from(ca).toString("base64") }),
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
