import type { KubeObject, ObjectRef, Readers } from "../../systems/world.ts";
import type { Settings } from "../../config/fields.ts";
import { adoptedMount, adoptedObject, adoptedPolicy, adoptedRelease } from "./adopt.ts";
import { asIfAdopted } from "./as-if.ts";
import { bindingName } from "../../wiring/reviewer/binding.ts";
import { tokenSecretRef } from "../../wiring/reviewer/token.ts";
import { secretsVersion } from "../teardown/external-secrets.ts";
import type { AppBoundStep } from "../../systems/step.ts";
import { operators } from "../../consumers/kinds.ts";
import { parseSecretSpec } from "../../config/spec/secret.ts";
import { storeNamespace } from "../../consumers/store.ts";

/** Marks on what stands at our names and was made by a hand, Terraform or another tool. @param releases Helm releases too */
export function adoptStep(settings: Settings, releases: boolean): AppBoundStep {
  const own = settings.vaultAddr === undefined && settings.vaultContext === undefined;
  const version = (read: Readers): Promise<string | undefined> => secretsVersion(read, settings.operator);
  const operator = settings.operatorRelease ?? operators[settings.operator].release;
  return {
    id: "adopt",
    title: "Take over what is there",
    resources: [
      ...(releases && own ? [adoptedRelease(settings.installNamespace, settings.release)] : []),
      ...(releases ? [adoptedRelease(settings.operatorNamespace, operator)] : []),
      ...builtIn(settings).map((ref) => adoptedObject(ref)),
      adoptedPolicy(settings.policyName.toLowerCase()),
      adoptedMount(settings.authMount),
      ...custom(settings).map((ref) => adoptedObject(ref, version)),
    ],
    checks: [],
  };
}

function builtIn({
  reviewerNamespace,
  reviewerServiceAccount,
  operatorNamespace,
  operatorServiceAccount,
  authMount,
}: Settings): ObjectRef[] {
  const account = { namespace: reviewerNamespace, serviceAccount: reviewerServiceAccount };
  const ofOperator = reviewerNamespace === operatorNamespace && reviewerServiceAccount === operatorServiceAccount;
  return [
    ...(ofOperator ? [] : [{ apiVersion: "v1", kind: "ServiceAccount", namespace: reviewerNamespace, name: reviewerServiceAccount }]),
    tokenSecretRef(account),
    { apiVersion: "rbac.authorization.k8s.io/v1", kind: "ClusterRoleBinding", name: bindingName(authMount) },
  ];
}

function custom(settings: Settings): ObjectRef[] {
  const apiVersion = settings.operator === "kes" ? "kubernetes-client.io/v1" : "external-secrets.io/v1";
  const secrets = settings.secrets
    .map(parseSecretSpec)
    .map(({ name }) => ({ apiVersion, kind: "ExternalSecret", namespace: settings.namespace, name }));
  const store = { apiVersion, kind: settings.storeKind, name: settings.storeName, namespace: storeNamespace(settings) };
  return settings.operator === "kes" ? secrets : [store, ...secrets];
}

/** The world as a plan will find it after `adoptStep`. */
export function afterAdoption(read: Readers, settings: Settings, releases: boolean): Readers {
  const refs = [...builtIn(settings), ...custom(settings)];
  const object = ({ kind, metadata: { name, namespace } }: KubeObject): boolean =>
    refs.some((ref) => ref.kind === kind && ref.name === name && ref.namespace === namespace);
  return asIfAdopted(read, { mount: settings.authMount, policy: settings.policyName.toLowerCase(), object, releases });
}
