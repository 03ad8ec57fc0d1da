import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { kinds } from "../../../src/errors.ts";
import { tokenSource } from "../../../src/run/world/token.ts";
import type { Keys, KeysReader } from "../../../src/systems/world.ts";
import { canary, expectHidden, failsWith, folder } from "../systems/server.ts";

const keysOf = (root: () => string | undefined, successor?: string): KeysReader => ({
  describe: () => "/keys/init.json",
  token: () => Promise.resolve(successor),
  initWasLost: () => Promise.resolve(false),
  rootRecord: () => Promise.resolve(undefined),
  plan: () => Promise.resolve([]),
  underWay: () => Promise.resolve(undefined),
  vaultClusterId: () => Promise.resolve(undefined),
  freshEngines: () => Promise.resolve(undefined),
  read: () => Promise.resolve(root() === undefined ? undefined : ({ root_token: root() } as Keys)),
});

test("the file, then the environment, then the custody of the keys, then ~/.vault-token", async () => {
  const home = await folder();
  await writeFile(join(home, "token"), "from-file\n");
  await writeFile(join(home, ".vault-token"), "from-home\n");
  const keys = keysOf(() => "from-keys");
  const env = { VAULT_TOKEN: "from-vault", BAO_TOKEN: "from-bao" };
  expect(await tokenSource({ file: join(home, "token"), env, home, keys })()).toBe("from-file");
  expect(await tokenSource({ file: undefined, env, home, keys })()).toBe("from-vault");
  expect(await tokenSource({ file: undefined, env: { BAO_TOKEN: "from-bao" }, home, keys })()).toBe("from-bao");
  expect(await tokenSource({ file: undefined, env: {}, home, keys: keysOf(() => "from-keys", "successor") })()).toBe("successor");
  expect(await tokenSource({ file: undefined, env: {}, home, keys })()).toBe("from-keys");
  expect(await tokenSource({ file: undefined, env: {}, home, keys: undefined })()).toBe("from-home");
});

test("where vault login keeps tokens with a helper, ~/.vault-token is nobody's, and the way to the token is said", async () => {
  const home = await folder();
  await writeFile(join(home, ".vault-token"), "of-long-ago");
  const elsewhere = join(home, "config.hcl");
  await writeFile(elsewhere, 'token_helper = "/opt/keychain"\n');
  const source = (env: Record<string, string>) => tokenSource({ file: undefined, env, home, keys: undefined })();
  expect(await source({})).toBe("of-long-ago");
  const { fix } = await failsWith(source({ VAULT_CONFIG_PATH: elsewhere }), kinds.vaultNoToken);
  expect(fix).toMatch(/keeps tokens with \/opt\/keychain.*vault print token/);
  await writeFile(join(home, ".vault"), '# mine\ntoken_helper="/opt/keychain"');
  await failsWith(source({}), kinds.vaultNoToken);
  expect(await source({ VAULT_TOKEN: "said" })).toBe("said");
});

test("none yet: says what was looked at, and looks again the next time", async () => {
  let root: string | undefined;
  const source = tokenSource({ file: undefined, env: {}, home: await folder(), keys: keysOf(() => root) });
  expect((await failsWith(source(), kinds.vaultNoToken)).why).toContain("/keys/init.json");
  root = "hvs.root";
  expect(await source()).toBe("hvs.root");
  root = undefined;
  expect(await source()).toBe("hvs.root");
});

test("a root token that is encrypted with PGP is no token", async () => {
  const source = tokenSource({ file: undefined, env: {}, home: await folder(), keys: keysOf(() => "wcFMA".repeat(60)) });
  expect((await failsWith(source(), kinds.vaultNoToken)).why).toContain("PGP");
});

test("a token that no header can carry is refused without showing it", async () => {
  const home = await folder();
  for (const token of [`${canary}\r\nX-Evil: 1`, `${canary} ü`]) {
    await failsWith(tokenSource({ file: undefined, env: { VAULT_TOKEN: token }, home, keys: undefined })(), kinds.badInput);
  }
});

test("a token file that is missing, empty or a folder", async () => {
  const home = await folder();
  await mkdir(join(home, "dir"));
  await writeFile(join(home, "empty"), " \n");
  for (const name of ["missing", "dir", "empty"]) {
    const error = await failsWith(
      tokenSource({ file: join(home, name), env: { VAULT_TOKEN: canary }, home, keys: undefined })(),
      kinds.badInput,
    );
    expect(error.message).toContain(name);
    expectHidden(error);
  }
});
