import { execFile } from "node:child_process";
import { chmod, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { retireCommand } from "../../../src/vault/root/retire-command.ts";
import { folder } from "../systems/server.ts";

/** A vault whose kept token may all, and whose answers to what matters here are the case's. */
const vault = (answers: string): string => `#!/bin/sh
echo "$TOKEN $*" >> "$LOG"
case "$TOKEN $*" in
${answers}
*capabilities*) echo read; echo update ;;
*"lookup -format=json"*) echo '{"orphan": true, "creation_ttl": 1, "ttl": 2764800}' ;;
"root token lookup") if grep -q "revoke -self" "$LOG"; then echo "Code: 403"; exit 2; fi ;;
*"-init"*) echo '{ "nonce": "n", "required": 3 }' ;;
esac
`;

/** Runs what a person is given to type; what vault was asked with which token, and how it ended. */
async function typed(answers: string, adminAuth?: string) {
  const dir = await folder();
  await writeFile(join(dir, "vault"), vault(answers));
  await chmod(join(dir, "vault"), 0o700);
  const { lines } = retireCommand({ policy: "p", adminAuth, sent: [{ path: "sys/auth", capabilities: ["read"] }] });
  const tokens = 'as_kept() { TOKEN=kept command vault "$@"; }\nas_root() { TOKEN=root command vault "$@"; }\n';
  const log = join(dir, "log");
  await writeFile(log, "");
  const env = { PATH: `${dir}:${process.env["PATH"] ?? ""}`, LOG: log, TOKEN: "own" };
  const ended = await new Promise<{ code: number; said: string }>((resolve) => {
    execFile("sh", ["-ec", `${tokens}${lines}`], { env }, (error, _out, said) => resolve({ code: Number(error?.code ?? 0), said }));
  });
  const asked = (await readFile(log, "utf8")).split("\n");
  return { ...ended, revoked: asked.includes("root token revoke -self"), asked };
}

test("root is revoked after its successor has begun a root generation and ended it", async () => {
  const { code, asked, revoked } = await typed("");
  expect([code, revoked]).toEqual([0, true]);
  expect(asked.indexOf("kept operator generate-root -cancel")).toBe(asked.indexOf("kept operator generate-root -init -format=json") + 1);
  expect(asked.indexOf("kept operator generate-root -cancel")).toBeLessThan(asked.indexOf("root token revoke -self"));
});

test("OpenBao from 2.6 on has other paths", async () => {
  const openBao = '*"operator generate-root"*) exit 2 ;;\n*"write -force"*) echo \'{"data": {"nonce": "n", "required": 3}}\' ;;';
  const { code, asked, revoked } = await typed(openBao);
  expect([code, revoked, asked.includes("kept delete sys/generate-root-token/attempt")]).toEqual([0, true, true]);
});

test.each([
  ["a successor that lives less than a day", '*"lookup -format=json"*) echo \'{"orphan": true, "ttl": 3600}\' ;;', /end in 3600 seconds/],
  ["no way back, or somebody else's", "*generate-root*) exit 2 ;;", /does not let root be generated/],
  ["no recovery keys", '*"-init"*) echo \'{ "nonce": "n", "required": 0 }\' ;;', /no keys that could ask/],
])("with %s root stays, and that is said", async (_, answers, words) => {
  const { code, said, revoked } = await typed(answers);
  expect([code, revoked]).toEqual([1, false]);
  expect(said).toMatch(words);
});

test("a login may be short", async () => {
  const login = '*"lookup -format=json"*) echo \'{"orphan": true, "path": "auth/oidc/login/x", "ttl": 3600}\' ;;';
  expect(await typed(login, "oidc")).toMatchObject({ code: 0, revoked: true });
});
