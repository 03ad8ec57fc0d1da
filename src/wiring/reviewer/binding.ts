import type { Spec } from "../../config/spec.ts";
import { kubeObject } from "../../kubernetes/object.ts";
import { toBind } from "../../systems/need.ts";
import type { AppResource } from "../../systems/step.ts";
import type { KubeObject, ObjectRef, Readers } from "../../systems/world.ts";
import { bindingName } from "./binding-name.ts";
import { sameAccount, type Account } from "./account.ts";

import { otherReviewers, reviewerKindOf } from "./kinds.ts";
import { bindingNeeded } from "./others.ts";

const apiVersion = "rbac.authorization.k8s.io/v1";

/** Named after the mount. Documented at Kubernetes docs, "Using RBAC", default role system:auth-delegator. */
const bindingRef = ({ wiring }: Spec): ObjectRef => ({ apiVersion, kind: "ClusterRoleBinding", name: bindingName(wiring.authMount) });

/**
 * Lets those review tokens whose token Vault shows. Accounts of another kind of reviewer stay in it until Vault is configured: it may still
 * review with them.
 */
export function reviewerBinding(spec: Spec): AppResource {
  const make = async (read: Readers): Promise<KubeObject> => {
    const wanted = await reviewerKindOf(spec.wiring.reviewer).accounts(spec, read);
    return binding(spec, [...wanted, ...(await ofOtherKinds(spec, read, wanted))]);
  };
  return kubeObject(bindingRef(spec), make, {
    alsoNeeds: () => toBind(binding(spec, [])),
    stays: (read, policy) => bindingNeeded(read, spec.wiring, policy),
  });
}

/** Accounts that are bound, and that another kind of reviewer bound. */
export async function ofOtherKinds(spec: Spec, { kube }: Pick<Readers, "kube">, wanted: readonly Account[]): Promise<Account[]> {
  const found = await kube.get(bindingRef(spec));
  const others = otherReviewers(spec.wiring.reviewer);
  return subjectsOf(found).filter(
    (account) => !wanted.some((each) => sameAccount(each, account)) && others.some((kind) => kind.mayHaveBound(spec, account)),
  );
}

/** The binding with these accounts alone. */
export const binding = (spec: Spec, accounts: readonly Account[]): KubeObject => ({
  apiVersion,
  kind: "ClusterRoleBinding",
  metadata: { name: bindingName(spec.wiring.authMount) },
  roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: "system:auth-delegator" },
  subjects: accounts.map(({ name, namespace }) => ({ kind: "ServiceAccount", name, namespace })),
});

interface Subject {
  readonly kind: string;
  readonly name: string;
  readonly namespace?: string;
}

const subjectsOf = (found: KubeObject | undefined): Account[] =>
  ((found?.["subjects"] ?? []) as readonly Subject[]).flatMap(({ kind, name, namespace }) =>
    kind === "ServiceAccount" && namespace !== undefined ? [{ name, namespace }] : [],
  );
