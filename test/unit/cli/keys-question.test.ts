import { expect, test } from "vitest";
import { keysSecret } from "../../../src/cli/commands/init/questions/keys.ts";

/** What the wizard proposes as the Secret for the unseal keys. */
async function proposed(answers: Readonly<Record<string, unknown>>): Promise<unknown> {
  let said: unknown;
  const ask = { text: (question: { proposed?: unknown }) => ((said = question.proposed), Promise.resolve("")) };
  await keysSecret.ask({ answers: { keysKubernetesSecret: "", ...answers } } as never, ask as never);
  return said;
}

test("the keys of a second Vault are proposed for no Secret of the first one's", async () => {
  expect(await proposed({})).toBe("vault/vault-keys");
  expect(await proposed({ installNamespace: "vault-2" })).toBe("vault-2/vault-keys");
  expect(await proposed({ installNamespace: "vault-2", release: "audit-vault" })).toBe("vault-2/audit-vault-keys");
  expect(await proposed({ installNamespace: "vault-2", keysKubernetesSecret: "ops/mine" })).toBe("ops/mine");
});
