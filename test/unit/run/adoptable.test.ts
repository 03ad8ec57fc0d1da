import { expect, test } from "vitest";
import { stepIds } from "../../../src/config/step-id.ts";
import { steps } from "../../../src/run/steps.ts";
import { stepsFor } from "../../../src/run/which-steps.ts";
import { specFrom } from "../spec.ts";

/** Never anybody's conflict: namespaces are used as they are, and Vault's own certificate is only made where Vault is ours. */
const neverTaken = /^kubernetes Namespace |^kubernetes Secret vault\/vault-tls/;

test.each(["eso", "kes"])("what adopt is named for can be taken over, with %s", async (operator) => {
  const spec = await specFrom({ cluster: "eks-prod", operator, secrets: ["db"] });
  const all = stepsFor(stepIds, spec).flatMap((id) => steps[id].resources(spec));
  const left = all.filter(({ id, ref }) => id.startsWith("kubernetes ") && ref === undefined && !neverTaken.test(id));
  expect(left.map(({ id }) => id)).toEqual([]);
});
