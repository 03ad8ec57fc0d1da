import type { Spec } from "../../config/spec.ts";
import { NotYet } from "../../core/errors.ts";
import type { Change, Say } from "../../core/resource.ts";
import { ifAllowed } from "../../systems/allowed.ts";
import type { AppRemoval, RemovalPolicy } from "../../systems/removal.ts";
import type { Readers, Writers } from "../../systems/world.ts";
import { labelled } from "../../kubernetes/object.ts";
import { binding, ofOtherKinds } from "./binding.ts";
import { bindingName } from "./binding-name.ts";

import { otherReviewers, reviewerKindOf } from "./kinds.ts";

/** What other kinds of reviewer rested on and nobody needs any more. */
interface Left {
  readonly changes: readonly Change[];
  remove(write: Writers, say: Say): Promise<void>;
}

/** Only what surely is ours, and no other mount of the cluster may rest on; what may not be looked at stays. Namespaces stay until teardown. */
export async function leftByOthers(spec: Spec, read: Readers): Promise<Left> {
  const [wanted, objects] = await Promise.all([accountsIfKnown(spec, read), objectsLeft(spec, read)]);
  const bound =
    wanted === undefined
      ? []
      : await ifAllowed(
          () => ofOtherKinds(spec, read, wanted),
          () => [],
        );
  const name = bindingName(spec.wiring.authMount);
  return {
    changes: [
      ...bound.map((account) => ({ field: `ClusterRoleBinding ${name}`, before: `binds ${account.namespace}/${account.name}` })),
      ...objects.map(({ id }) => ({ field: id.replace(/^kubernetes /, ""), before: "of another --reviewer" })),
    ],
    remove: async (write, say) => {
      if (bound.length > 0 && wanted !== undefined) await write.kube.apply(labelled(binding(spec, wanted)));
      for (const object of objects) await removed(object, write, say);
    },
  };
}

async function accountsIfKnown(spec: Spec, read: Readers) {
  try {
    return await reviewerKindOf(spec.wiring.reviewer).accounts(spec, read);
  } catch (error) {
    if (error instanceof NotYet) return undefined;
    throw error;
  }
}

/** Last made first. */
async function objectsLeft(spec: Spec, read: Readers): Promise<AppRemoval[]> {
  const [kind, others] = [reviewerKindOf(spec.wiring.reviewer), otherReviewers(spec.wiring.reviewer)];
  const own = new Set(kind.resources(spec).map(({ id }) => id));
  const made = others
    .flatMap((other) => other.resources(spec))
    .filter(({ id }, index, all) => !own.has(id) && all.findIndex((each) => each.id === id) === index);
  const removals = made.flatMap((resource) => resource.removal?.(policy) ?? []).filter(({ namespace }) => namespace === undefined);
  const there = await Promise.all(
    removals.map((removal) =>
      ifAllowed(
        async () => (await removal.look(read)).kind === "there",
        () => false,
      ),
    ),
  );
  const left = await Promise.all([kind.left?.(spec, read), ...others.map((other) => other.abandoned?.(spec, read))]);
  return [...left.flatMap((each) => each ?? []), ...removals.filter((_, index) => there[index]).toReversed()];
}

const removed = ({ id, remove }: AppRemoval, write: Writers, say: Say): Promise<void> =>
  ifAllowed(
    () => remove(write, say),
    () => say(`${id} is not needed any more, and you may not delete it`),
  );

/** Nothing of Vault goes with it. */
const policy: RemovalPolicy = {
  keepSecrets: true,
  dataStays: "it is not taken away",
  vaultStays: () => Promise.resolve("it is not taken away"),
  inSilentVault: (_read, error) => Promise.reject(error),
  all: () => [],
  withinMs: 30_000,
};
