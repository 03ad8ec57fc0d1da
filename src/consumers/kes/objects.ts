import type { Plain } from "../../core/compare.ts";
import { at, list, text } from "../../core/values.ts";
import { keyOfSecret } from "../../config/rules.ts";
import type { KubeObject } from "../../systems/world.ts";
import type { ConsumerObjects, ReadBy } from "../consumer-objects.ts";
import { keyIn } from "../facts/key.ts";
import { readyCondition } from "../facts/condition.ts";
import { writtenByKes } from "./written.ts";

const readsBy = ({ spec }: KubeObject, { authMount }: ReadBy): boolean => at(spec, "vaultMountPoint") === authMount;

/** kubernetes-external-secrets names the auth mount, the role and the full API path in every object, in the only version that it ever had. */
export const objects: ConsumerObjects = {
  title: "kubernetes-external-secrets",
  group: "kubernetes-client.io",
  versions: ["v1"],
  secret: ({ path, keys }, { authMount, kv }, role) => {
    const key = `${kv.mount}/data/${kv.prefix}${path}`;
    return {
      backendType: "vault",
      vaultMountPoint: authMount,
      vaultRole: role,
      kvVersion: 2,
      ...(keys.length === 0 ? { dataFrom: [key] } : { data: keys.map((property) => ({ key, name: keyOfSecret(property), property })) }),
    };
  },
  readsBy,
  meansToReadBy: readsBy,
  loginOf,
  addressIn: (env) => text(env["VAULT_ADDR"]),
  completed: (external, env) => {
    const { mount = "", role = "" } = loginOf(external, env) ?? {};
    return { kvVersion: 2, ...(external["spec"] as Readonly<Record<string, Plain>> | undefined), vaultMountPoint: mount, vaultRole: role };
  },
  storeOf: () => undefined,
  keysOf: ({ spec }) => [
    ...list(at(spec, "data")).flatMap(keyIn),
    ...list(at(spec, "dataFrom")).map((path) => ({ path: text(path) ?? "", property: undefined })),
  ],
  written: writtenByKes,
  lastSync: ({ status }) => text(at(status, "lastSync")),
  // It polls at every change, the mark of deletion too: https://github.com/external-secrets/kubernetes-external-secrets/blob/8.5.5/lib/daemon.js
  writesWhileDeleted: true,
  readyOf: (object) => readyCondition(object) ?? readyWord(object),
};

/** https://github.com/external-secrets/kubernetes-external-secrets/blob/8.5.5/config/environment.js */
function loginOf({ spec }: KubeObject, env: Readonly<Record<string, string>>): { mount: string; role: string } | undefined {
  if (at(spec, "backendType") !== "vault") return undefined;
  const mount = text(at(spec, "vaultMountPoint")) ?? text(env["DEFAULT_VAULT_MOUNT_POINT"]);
  const role = text(at(spec, "vaultRole")) ?? text(env["DEFAULT_VAULT_ROLE"]);
  return mount === undefined || role === undefined ? undefined : { mount, role };
}

/** It has no conditions: its status is SUCCESS, or ERROR and the words. */
function readyWord({ status }: KubeObject): ReturnType<ConsumerObjects["readyOf"]> {
  const word = text(at(status, "status"));
  return word === undefined ? undefined : { status: word === "SUCCESS" ? "True" : "False", reason: "", message: word };
}
