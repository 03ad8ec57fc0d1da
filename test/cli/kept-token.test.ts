import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { Unsealed } from "../contract/unsealed.ts";
import { profiles } from "../fakes/vault/profile.ts";
import { onFakes } from "./on-fakes.ts";

let vault: Unsealed;

beforeAll(async () => {
  vault = await Unsealed.open(profiles["vault-1.21"]);
}, 120_000);
afterAll(() => vault.scene.close());

test("a kept token that expired is told once, beside what the run prints, and the root token of the same keys does the work", async () => {
  const kept = join(vault.scene.folder, "home/.local/share/vault-k8s/eks-prod/init.json.token");
  await writeFile(kept, JSON.stringify({ token: "hvs.expired-long-ago" }), { mode: 0o600 });
  const ran = await onFakes(vault.scene, ["kv", "--cluster", "eks-prod", "--yes", "-o", "json"]);
  expect(ran.exitCode, ran.stderr).toBe(0);
  expect(
    ran.stderr.match(/Vault does not know the token that is kept in .*; vault-k8s operator retire-root makes a new one/g),
  ).toHaveLength(1);
  expect(JSON.parse(ran.stdout)).toMatchObject({ exitCode: 0 });
});
