import { fail, failForGood, pass } from "../core/check.ts";
import { isReady, whyNotReady } from "./facts/condition.ts";
import { versionServed, wantedVersion } from "./facts/served.ts";
import type { ConsumerObjects } from "./consumer-objects.ts";
import type { StoreSpec } from "../config/spec/consumer.ts";
import { kubectl } from "../kubernetes/kubectl.ts";
import { onObject } from "../systems/need.ts";
import type { AppCheck } from "../systems/step.ts";

/** External Secrets logs in to Vault before it calls a store Ready. Documented at its docs, "SecretStore". */
export function storeReady(objects: ConsumerObjects, { kind, name, namespace }: StoreSpec): AppCheck {
  const id = `${kind} ${namespace === undefined ? "" : `${namespace}/`}${name}`;
  return {
    id: "store",
    title: `${id} is Ready`,
    settles: true,
    needs: () => onObject({ apiVersion: wantedVersion(objects), kind, name, namespace }, ["get"]),
    run: async (read) => {
      const found = await read.kube.get({ apiVersion: await versionServed(read, objects), kind, name, namespace });
      if (found === undefined) return failForGood(`${id} does not exist`, (line) => line("store"));
      const ready = objects.readyOf(found);
      if (isReady(ready)) return pass(ready?.reason || undefined);
      return fail(
        `${id} is not Ready: ${whyNotReady(ready)}`,
        kubectl(read.kube, `describe ${kind.toLowerCase()} ${name}${namespace === undefined ? "" : ` -n ${namespace}`}`),
      );
    },
  };
}
