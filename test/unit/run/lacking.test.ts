import { expect, test } from "vitest";
import { missing, missingSecret, pass } from "../../../src/core/check.ts";
import { lackingNotices } from "../../../src/run/lacking.ts";
import type { Readers } from "../../../src/systems/world.ts";
import { specFrom } from "../spec.ts";

const world = {} as Readers;

test("where Vault's UI is stands below each secret that is missing, and below nothing else", async () => {
  const spec = await specFrom({ cluster: "shop", vaultAddr: "https://vault.example.com" });
  const found = [
    pass(),
    missing("a root token is valid", "retire it"),
    missingSecret("no db", "put db"),
    missingSecret("no web", "put web"),
  ];
  const ui = "or in Vault's UI: https://vault.example.com/ui/vault/secrets/kv";
  expect(await lackingNotices(spec, world, found)).toEqual([
    { reason: "a root token is valid", fix: "retire it" },
    { reason: "no db", fix: `put db\n${ui}` },
    { reason: "no web", fix: `put web\n${ui}` },
  ]);
  expect(await lackingNotices(spec, world, [pass()])).toEqual([]);
});
