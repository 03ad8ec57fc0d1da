import { isRecord } from "../../core/compare.ts";
import { at, list, text, texts } from "../../core/values.ts";
import type { KubeObject } from "../../systems/world.ts";
import type { ConsumerStores } from "../consumer-objects.ts";
import type { LoginPlan } from "../diagnosis/login-plan.ts";
import { storePatch } from "./store-patch.ts";
import { storeSpec } from "./store-spec.ts";

/** Where External Secrets finds Vault, and how it logs in. */
export const stores: ConsumerStores = {
  kinds: ["ClusterSecretStore", "SecretStore"],
  spec: storeSpec,
  read: ({ spec }) => {
    const vault = at(spec, "provider", "vault");
    return {
      server: text(at(vault, "server")) ?? "",
      path: text(at(vault, "path")) ?? "",
      version: text(at(vault, "version")) ?? "v2",
      vaultNamespace: text(at(vault, "namespace")) ?? "",
      controller: text(at(spec, "controller")) ?? "",
      hasCa: at(vault, "caBundle") !== undefined || at(vault, "caProvider") !== undefined,
    };
  },
  allowedIn: ({ spec }) => {
    const conditions = list(at(spec, "conditions"));
    const named = conditions.flatMap((one) => texts(at(one, "namespaces")));
    return conditions.every((one) => isRecord(one) && Object.keys(one).join(",") === "namespaces") ? named : undefined;
  },
  // https://external-secrets.io/latest/api/controller-options
  classOf: (args) => args.map((arg) => /^--controller-class=(.+)$/.exec(arg)?.[1]).find(Boolean) ?? "default",
  loginIn,
  patch: storePatch,
};

function loginIn({ spec, metadata: { namespace } }: KubeObject): LoginPlan | undefined {
  const auth = at(spec, "provider", "vault", "auth", "kubernetes");
  if (!isRecord(auth)) return undefined;
  const placed = (ref: unknown) => ({ namespace: namespace ?? text(at(ref, "namespace")) ?? "", name: text(at(ref, "name")) ?? "" });
  const account = at(auth, "serviceAccountRef");
  const secret = at(auth, "secretRef");
  return {
    mount: text(at(auth, "mountPath")) ?? "kubernetes",
    role: text(at(auth, "role")) ?? "",
    audiences: list(at(account, "audiences")).map(String),
    account: account === undefined ? undefined : placed(account),
    // The operator looks at the account first.
    tokenSecret: secret === undefined || account !== undefined ? undefined : { ...placed(secret), key: text(at(secret, "key")) ?? "token" },
  };
}
