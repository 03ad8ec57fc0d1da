import type { ConsumerSpec, LoginSpec, StoreSpec } from "../config/spec/consumer.ts";
import type { Spec } from "../config/spec.ts";
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
import { loginOf, storesOf } from "./kinds.ts";

/** The stores: where consumers that have some find Vault, and how they log in. */
export const store = defineStep({
  id: "store",
  title: "Create the store",
  resources: (spec) => spec.consumers.flatMap((consumer) => storesOf(consumer).map((one) => storeResource(spec, consumer, one))),
});

function storeResource(spec: Spec, consumer: ConsumerSpec, wanted: StoreSpec): AppResource {
  const { kind, name, namespace } = wanted;
  const login = loginOf(consumer);
  const make = async (read: Readers, sure: Sure): Promise<KubeObject> => ({
    apiVersion: await esoApiVersion(read, sure),
    kind,
    metadata: { name, ...(namespace !== undefined && { namespace }) },
    spec: { provider: { vault: await provider(read, spec, { login, account: storeAccount(wanted, login), namespace }, sure) } },
  });
  const resource = kubeObject({ apiVersion: "external-secrets.io/v1", kind, name, namespace }, make, {
    alsoNeeds: (read) => toFindAddress(read, spec.vault.install.namespace),
    version: (read) => secretsVersion(read, consumer.kind),
    note: (read) => notUpdated(read, { kind: consumer.kind, stores: [wanted], authMount: spec.wiring.authMount }),
  });
  return { ...resource, command: async (read) => withCa(await resource.command(read)) };
}

/** Who else reads by the store, for whoever takes it away. */
async function notUpdated(read: Readers, by: ReadBy): Promise<string | undefined> {
  const others = (await externalSecrets(read, by.kind)).filter((object) => readsBy(object, by) && !isOfWiring(object, by));
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

interface Account {
  readonly name: string;
  readonly namespace: string;
}

interface StoreLogin {
  readonly login: LoginSpec;
  readonly account: Account;
  /** Of the store; undefined for one of the whole cluster. */
  readonly namespace: string | undefined;
}

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

const consumerCa = (where: Where, sure: Sure): Promise<string | undefined> =>
  where.consumerCa().catch((error: unknown) => {
    if (error instanceof NotYet && sure === "later") return laterCa;
    throw error;
  });

async function provider({ where }: Readers, { vault, wiring }: Spec, { login, account, namespace }: StoreLogin, sure: Sure) {
  const { role, audience } = login;
  const server = await where.consumerAddress();
  const ca = server.startsWith("http:") ? undefined : await consumerCa(where, sure);
  return {
    server,
    path: wiring.kv.mount,
    version: "v2",
    ...(vault.namespace !== undefined && { namespace: vault.namespace }),
    ...(ca !== undefined && { caBundle: ca === laterCa ? ca : Buffer.from(ca).toString("base64") }),
    auth: {
      kubernetes: {
        mountPath: wiring.authMount,
        role,
        serviceAccountRef: {
          name: account.name,
          ...(namespace === undefined && { namespace: account.namespace }),
          ...(audience !== undefined && { audiences: [audience] }),
        },
      },
    },
  };
}
