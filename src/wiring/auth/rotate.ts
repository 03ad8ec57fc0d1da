import type { Spec } from "../../config/spec.ts";
import type { Diff } from "../../core/resource.ts";
import { failure, kinds } from "../../errors.ts";
import { onPath } from "../../systems/need.ts";
import { defineStep, type AppResource } from "../../systems/step.ts";
import type { Readers } from "../../systems/world.ts";
import { authMount, notOurMount } from "../mounts.ts";
import type { Rotation } from "../reviewer/kind.ts";
import { reviewerKindOf } from "../reviewer/kinds.ts";
import { configure } from "./configure.ts";
import { proveLogins } from "./prove-logins.ts";

/** Gives Vault a new token to review with. It is no step of bootstrap, which leaves one that works alone. */
export const rotateReviewer = defineStep({
  id: "rotate-reviewer",
  title: "Exchange the token that Vault reviews with",
  resources: (spec) => [rotatedToken(spec, rotationOf(spec))],
});

/** @throws CliError VK1001 where Vault is given no token. */
function rotationOf({ wiring: { reviewer } }: Spec): Rotation {
  const { rotation } = reviewerKindOf(reviewer);
  if (rotation !== undefined) return rotation;
  throw failure(kinds.usage, {
    what: `With --reviewer ${reviewer.kind} there is nothing to rotate`,
    why: "Vault is given no token to review with.",
    fix: "Nothing has to be done.",
  });
}

function rotatedToken(spec: Spec, rotation: Rotation): AppResource {
  const path = `auth/${spec.wiring.authMount}/config`;
  return {
    id: `vault ${path} reviewer's token`,
    diff: (read) => diff(spec, rotation, read),
    needs: () => [onPath("sys/auth", "read"), onPath(path, "read", "update"), ...rotation.needs(spec)],
    apply: (write, say) =>
      rotation.rotate(
        spec,
        write,
        async (reviewing) => {
          await configure(write, spec, reviewing, say);
          await proveLogins(spec, write, say);
        },
        say,
      ),
  };
}

async function diff(spec: Spec, rotation: Rotation, read: Readers): Promise<Diff> {
  const [mount, found] = await Promise.all([authMount(read, spec.wiring.authMount), rotation.look(spec, read)]);
  return notOurMount(mount) ?? found;
}
