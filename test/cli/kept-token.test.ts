import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { ended } from "../contract/run.ts";
import { Unsealed } from "../contract/unsealed.ts";
import { profiles } from "../fakes/vault/profile.ts";
import { onFakes } from "./on-fakes.ts";

let vault: Unsealed;

beforeAll(async () => {
  vault = await Unsealed.open(profiles["vault-1.21"]);
}, 120_000);
afterAll(() => vault.scene.close());

test("renew-token renews it for a timer, and says so in the document; a Vault at an address is refused", async () => {
  ended(await vault.run(["retire-root"]));
  const { tokens } = vault.scene.vault.storage;
  const kept = (await vault.successor())!;
  tokens.set(kept.id, { ...kept, created: Date.now() - 5 * 24 * 3600 * 1000 });
  const renew = (...args: string[]) => onFakes(vault.scene, ["operator", "renew-token", "--cluster", "eks-prod", "-o", "json", ...args]);
  const ran = await renew();
  expect([ran.exitCode, JSON.parse(ran.stdout)], ran.stderr).toMatchObject([0, { changed: 1, exitCode: 0 }]);
  expect((await renew("--vault-addr", "http://127.0.0.1:1")).exitCode).toBe(64);
  vault.scene.vault.storage.revoke(kept.id);
  expect((await renew()).exitCode).toBe(1);
  await vault.again();
});

test("a kept token that expired is told once, beside what the run prints, and the root token of the same keys does the work", async () => {
  const kept = join(vault.scene.folder, "home/.local/share/vault-k8s/eks-prod/init.json.token");
  await writeFile(kept, JSON.stringify({ token: "hvs.expired-long-ago" }), { mode: 0o600 });
  const ran = await onFakes(vault.scene, ["kv", "--cluster", "eks-prod", "--yes", "-o", "json"]);
  expect(ran.exitCode, ran.stderr).toBe(0);
  expect(
    ran.stderr.match(
      /Vault does not know the token that is kept in .*; vault-k8s operator retire-root --cluster eks-prod --kubeconfig \S+ makes a new one/g,
    ),
  ).toHaveLength(1);
  expect(JSON.parse(ran.stdout)).toMatchObject({ exitCode: 0 });
});
