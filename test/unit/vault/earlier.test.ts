import { expect, test } from "vitest";
import { CliError } from "../../../src/core/errors.ts";
import { failure, kinds } from "../../../src/errors.ts";
import type { Readers } from "../../../src/systems/world.ts";
import { earlierNotices } from "../../../src/vault/nodes/earlier.ts";

const place = { namespace: "vault", release: "vault" };
const refused = (kind: CliError["kind"], fix?: string): Readers => {
  const reject = () => Promise.reject(failure(kind, { what: "pods may not be listed", ...(fix !== undefined && { fix }) }));
  return { kube: { context: "prod", get: reject, list: reject } } as unknown as Readers;
};
const line = (command: string): string => `vault-k8s ${command} --cluster prod`;

test("where pods cannot be looked at, that is said, with what mends it: not known is not none", async () => {
  const [notice, ...more] = await earlierNotices(refused(kinds.kubeForbidden, "Ask for the right."), place, 0);
  expect(more).toEqual([]);
  expect(notice?.reason).toBe("Whether Vault pods run an earlier revision than their StatefulSet's is not known: pods may not be listed");
  expect(typeof notice?.fix === "function" ? notice.fix(line) : undefined).toBe(
    "Ask for the right.\nvault-k8s status --cluster prod looks again.",
  );
});

test("a run that is interrupted there ends", async () => {
  await expect(earlierNotices(refused(kinds.interrupted), place, 0)).rejects.toMatchObject({ kind: kinds.interrupted });
});
