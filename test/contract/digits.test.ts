import { writeFile } from "node:fs/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import { Scene } from "./scene.ts";
import { Stages } from "./stages.ts";
import { typed, type Typed } from "./typed.ts";
import { join } from "node:path";

const digits = '{"big":12345678901234567890,"ratio":1.10,"list":[1.0,{"tiny":1E-400}],"port":5432}';
let scene: Scene;

beforeAll(async () => {
  scene = await Scene.open();
  await new Stages(scene, await scene.spec({})).before("verify");
}, 120_000);
afterAll(() => scene.close());

function say(argv: readonly string[], input = ""): Promise<Typed> {
  const common = ["--cluster", "eks-prod", "--kubeconfig", join(scene.folder, "kubeconfig"), "--timeout", "5s"];
  const env = { PATH: process.env["PATH"], HOME: join(scene.folder, "home"), LANG: "C.UTF-8", VAULT_K8S_HELM: scene.helm.program };
  return typed([...common, ...argv], { cwd: scene.folder, env, input });
}

const kept = (): string => JSON.stringify(scene.vault.storage.mounts.get("kv/")?.secrets.get("k8s/eks-prod/db")?.at(-1)?.data);

test("numbers keep their digits from standard input to Vault, to the Secret, and when they are compared", async () => {
  const put = await say(["secret", "put", "db", "-"], digits);
  expect([put.exit, kept()], put.stderr).toEqual([0, digits]);

  const again = await say(["secret", "put", "db", "-"], digits);
  expect(again.stderr).toContain("vault kv/data/k8s/eks-prod/db unchanged");

  const synced = await say(["verify", "--secret", "db"]);
  expect(synced.exit, synced.stderr).toBe(0);
  expect(synced.stderr).toContain("the values are equal");
});

test.each([
  ["other digits of one value", digits.replace("1.10", "1.1")],
  ["a text of the same digits", digits.replace("1.10", '"1.10"')],
  ["an object that only looks like it", digits.replace("1.10", '{"rawJSON":"1.10"}')],
])("%s is another value", async (_, text) => {
  await say(["secret", "put", "db", "-"], digits);
  const put = await say(["secret", "put", "db", "-"], text);
  expect([put.exit, kept()], put.stderr).toEqual([0, text]);
  expect(put.stderr).toContain("vault kv/data/k8s/eks-prod/db updated");
});

const wild = '{"DB PASSWORD":"p","n":null,"cfg":{"url":"https://h/?a=1&b=2"},"m":{"10":"x","9":"y"},"ratio":1.10}';

// With a timeout of a minute: what waits for something that cannot come true fails by the test's own.
test("a right Secret is called right at once, also when bootstrap is run again", async () => {
  await say(["secret", "put", "wild", "-"], wild);
  const synced = await say(["bootstrap", "--install", "--secret", "wild", "--secret", "one=wild#ratio", "--timeout", "1m"]);
  expect(synced.exit, synced.stderr).toBe(0);
  const again = await say(["verify", "--secret", "wild", "--secret", "one=wild#ratio", "--timeout", "1m"]);
  expect([again.exit, again.stderr.match(/the values are equal/g)?.length], again.stderr).toEqual([0, 2]);
}, 30_000);

test("a .env file is taken as kubectl takes it: comments are none of its keys, export is refused, quotes stay and that is said", async () => {
  const put = await say(["secret", "put", "db", "-"], '# url=https://x\nA="quoted"\n\nB=2\n');
  expect([put.exit, kept()], put.stderr).toEqual([0, '{"A":"\\"quoted\\"","B":"2"}']);
  expect(put.stderr).toContain("Quotes are part of a value, as with kubectl's --from-env-file: A");

  await writeFile(join(scene.folder, ".env"), "C=3\nexport B=canary\n");
  const refused = await say(["secret", "put", "db", "--from-env-file", ".env"]);
  expect([refused.exit, kept()]).toEqual([65, '{"A":"\\"quoted\\"","B":"2"}']);
  expect(refused.stderr).toContain("Line 2 of .env begins with export");
  expect(refused.stderr).not.toContain("canary");
});
