import { fail, failForGood, pass } from "../core/check.ts";
import { esoApiVersion } from "./eso/version.ts";
import type { StoreSpec } from "../config/spec/consumer.ts";
import type { KubeObject } from "../systems/world.ts";
import { kubectl } from "../kubernetes/kubectl.ts";
import { onObject } from "../systems/need.ts";
import type { AppCheck } from "../systems/step.ts";

interface Condition {
  readonly type: string;
  readonly status: string;
  readonly reason?: string;
  readonly message?: string;
}

/** The Ready condition of a store or an ExternalSecret. */
export function readyCondition(object: KubeObject): Condition | undefined {
  const status = object["status"] as { readonly conditions?: readonly Condition[] } | undefined;
  return status?.conditions?.find((condition) => condition.type === "Ready");
}

/** External Secrets logs in to Vault before it calls a store Ready. Documented at its docs, "SecretStore". */
export function storeReady({ kind, name, namespace }: StoreSpec): AppCheck {
  const id = `${kind} ${namespace === undefined ? "" : `${namespace}/`}${name}`;
  return {
    id: "store",
    title: `${id} is Ready`,
    settles: true,
    needs: () => onObject({ apiVersion: "external-secrets.io/v1", kind, name, namespace }, ["get"]),
    run: async (read) => {
      const found = await read.kube.get({ apiVersion: await esoApiVersion(read), kind, name, namespace });
      if (found === undefined) return failForGood(`${id} does not exist`, (line) => line("store"));
      const ready = readyCondition(found);
      if (ready?.status === "True") return pass(ready.reason);
      return fail(
        `${id} is not Ready: ${ready === undefined ? "the operator has not looked at it" : `${ready.reason ?? ""} ${ready.message ?? ""}`.trim()}`,
        kubectl(read.kube, `describe ${kind.toLowerCase()} ${name}${namespace === undefined ? "" : ` -n ${namespace}`}`),
      );
    },
  };
}
