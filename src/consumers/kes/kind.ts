import type { Spec } from "../../config/spec.ts";
import type { ConsumerSpec } from "../../config/spec/consumer.ts";
import type { Plain } from "../../core/compare.ts";
import type { Readers } from "../../systems/world.ts";
import type { Consumer, Values } from "../consumer.ts";
import { objects } from "./objects.ts";
import { kesCa, kesTrust } from "./trust.ts";

const { title } = objects;

/** https://github.com/external-secrets/kubernetes-external-secrets */
export const kes: Consumer = {
  words: {
    title,
    shortTitle: title,
    choice: `${title}, archived in 2022`,
    about: `${title} gets no fixes, and is for those who have it`,
  },
  archived: "July 2022",
  asksForAudience: false,
  install: {
    chart: title,
    repo: "https://external-secrets.github.io/kubernetes-external-secrets/",
    release: title,
    notice: `${title} was archived in July 2022 and gets no fixes; its successor is External Secrets Operator (--operator eso)`,
    deployments: /external-secrets/,
    values,
    vaultValues,
    beside: ({ namespace }, release) => [kesCa(namespace, release)],
    leavesDefinition: true,
  },
  objects,
};

function values({ vault, wiring }: Spec, { serviceAccount, login }: ConsumerSpec): Values {
  return {
    serviceAccount: { create: true, name: serviceAccount },
    env: {
      DEFAULT_VAULT_MOUNT_POINT: wiring.authMount,
      DEFAULT_VAULT_ROLE: login.role,
      ...(vault.namespace !== undefined && { VAULT_NAMESPACE: vault.namespace }),
    },
  };
}

/** An address and a CA. */
async function vaultValues(read: Readers): Promise<Values> {
  const trust = await kesTrust(read);
  return {
    ...trust,
    env: { ...(trust["env"] as Readonly<Record<string, Plain>> | undefined), VAULT_ADDR: await read.where.consumerAddress() },
  };
}
