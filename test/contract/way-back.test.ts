import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import { everyProfile } from "../fakes/vault/profile.ts";
import type { Recorded } from "../fakes/wire/exchange.ts";
import { vaultError } from "../fakes/wire/faults.ts";
import { ended, endedReadably, results } from "./run.ts";
import { Unsealed } from "./unsealed.ts";

vi.setConfig({ testTimeout: 60_000 });

describe.each(everyProfile)("on $name", (profile) => {
  const path = `/v1/${profile.rootGeneration.path}/attempt`;
  let vault: Unsealed;

  beforeAll(async () => void (vault = await Unsealed.open(profile)), 120_000);
  afterEach(() => vault.again());
  afterAll(() => vault.scene.close());

  const retire = (plan = false) => vault.run(["retire-root"], {}, plan);
  const isAttempt = (request: Recorded): boolean => request.path === path;

  test("right before root is revoked, its successor begins a root generation and ends it; a run with nothing to do does not", async () => {
    const mark = vault.scene.line.journal.length;
    const ran = ended(await retire());
    const asked = vault.scene.line.asked(mark).filter(({ path: one }) => one === path || one.endsWith("/revoke-self"));
    const begun = asked.findIndex(({ method }) => method === "POST");
    expect(asked.slice(begun).map(({ method, path: one }) => `${method} ${one}`)).toEqual([
      `POST ${path}`,
      `GET ${path}`,
      `DELETE ${path}`,
      "POST /v1/auth/token/revoke-self",
    ]);
    expect(new Set(asked.filter(isAttempt).map(({ identity }) => identity))).toEqual(new Set(["token-vault-k8s"]));
    expect([vault.attempt, vault.roots(), await vault.kept("init.json.root-generation")]).toEqual([undefined, [], undefined]);
    expect(results(ran)["vault root token"]).toBe("updated");
    const [before] = [vault.scene.line.journal.length];
    ended(await retire());
    expect(vault.scene.line.asked(before).filter(isAttempt)).toEqual([]);
  });

  test.each([
    ["for the token", 403, "1 error occurred:\n\t* permission denied\n\n", "--admin-policy"],
    ["for anybody", 405, "unsupported operation", "enable_unauthenticated_access"],
  ])("where there is no way back %s, root stays, with the reason and what mends it", async (_, status, words, fix) => {
    vault.scene.line.break((request) => (request.path.includes("/generate-root") ? vaultError(status, words) : undefined));
    const error = endedReadably(await retire());
    vault.scene.line.mend();
    expect([error.kind.code, error.fix]).toEqual(["VK1520", expect.stringContaining(fix) as string]);
    expect(error.fix).toContain("--keep-root");
    expect(vault.roots()).toHaveLength(1);
  });

  test("a Vault that unseals itself without recovery keys has no quorum: root stays, and that is said", async () => {
    const { line } = vault.scene;
    line.break(({ path: asked, method }) => {
      if (asked !== path || method !== "POST") return undefined;
      const nonce = vault.strangers().nonce;
      const begun = { started: true, nonce, progress: 0, required: 0, otp: "x".repeat(28), otp_length: 28 };
      return { kind: "answer", status: 200, body: JSON.stringify(profile.rootGeneration.enveloped ? { data: begun } : begun) };
    });
    const error = endedReadably(await retire());
    line.mend();
    expect([error.kind.code, error.fix]).toEqual(["VK1520", expect.stringContaining("-target=recovery") as string]);
    expect([vault.attempt, vault.roots().length]).toEqual([undefined, 1]);
  });

  test("somebody else's generation is left alone: root stays, exit 75, its nonce and progress are said", async () => {
    const strange = vault.strangers();
    const error = endedReadably(await retire());
    expect([error.kind.code, error.kind.exit]).toEqual(["VK1522", 75]);
    expect([error.why, error.fix].join("\n")).toMatch(new RegExp(`${strange.nonce}; it has 1 of 3 keys[^]*--cancel ${strange.nonce}`));
    expect([vault.attempt, vault.roots().length]).toEqual([strange, 1]);
  });

  test("cut before and after each request, then run again: no generation is left, but for one whose nonce never came", async () => {
    for (const when of ["before", "after"] as const)
      for (let k = 1; ; k += 1) {
        await vault.again();
        let last: Recorded | undefined;
        vault.scene.line.cutAt(k, when, (request) => {
          if (!request.path.startsWith("/v1/") || request.path.startsWith("/v1/sys/health")) return false;
          last = request;
          return true;
        });
        const cut = await retire();
        vault.scene.line.mend();
        if (cut.error === undefined) break;
        endedReadably(cut);
        const again = await retire();
        const unknown = when === "after" && last !== undefined && isAttempt(last) && last.method === "POST" && last.status === 200;
        if (again.error === undefined) ended(again);
        else expect([unknown, endedReadably(again).kind.code], `cut ${when} ${k}`).toEqual([true, "VK1522"]);
        if (!unknown)
          expect([vault.attempt, vault.roots(), await vault.successor()], `cut ${when} ${k}`).toEqual([undefined, [], expect.anything()]);
      }
  }, 300_000);
});
