import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { askedOf } from "../../src/doctor/asked.ts";
import { examine } from "../../src/doctor/examine.ts";
import { collect } from "../../src/doctor/facts/collect.ts";
import { lookAtCluster } from "../../src/run/status/look.ts";
import { renewToken } from "../../src/vault/root/renewed.ts";
import { parsePolicy } from "../fakes/vault/acl.ts";
import { profiles } from "../fakes/vault/profile.ts";
import { ended, endedReadably, run, type Ran } from "./run.ts";
import { Unsealed } from "./unsealed.ts";

const day = 24 * 3600;
let vault: Unsealed;
let retired: () => Promise<void>;

beforeAll(async () => {
  vault = await Unsealed.open(profiles["vault-2"]);
  ended(await vault.run(["retire-root"]));
  retired = await vault.scene.save();
}, 120_000);
afterEach(() => retired());
afterAll(() => vault.scene.close());

const renews = async (plan = false): Promise<Ran> =>
  run(vault.scene, { spec: await vault.scene.spec(), ids: [], others: [renewToken], plan });
const sent = ({ writes }: Ran): string[] => writes.map(({ path }) => path);
const said = ({ events }: Ran): string => events.flatMap((event) => (event.type === "progress" ? [event.message] : [])).join("\n");

/** The kept token was renewed so many days ago, the last time. */
async function aged(days: number): Promise<void> {
  const { tokens } = vault.scene.vault.storage;
  const token = (await vault.successor())!;
  tokens.set(token.id, { ...token, created: Date.now() - days * day * 1000, renewed: undefined });
}

/** What status and doctor say of it. */
async function looks() {
  const spec = await vault.scene.spec();
  const world = await vault.scene.world(spec);
  try {
    const { keptToken, ok, unknown } = await lookAtCluster(world, spec, [], false);
    const what = { asked: askedOf(spec, spec.consumers[0], world), host: spec.wiring.apiServer, release: "vault" };
    const evidence = await world.look((read) => collect(read, what, { probePod: false, image: undefined }));
    const { causes } = examine(evidence, { steps: (...ids) => ids.join(), own: (command) => `vault-k8s ${command}` });
    const found = causes.filter(({ code }) => code === "VD08" || code === "VD09").map(({ code, mend }) => `${code} ${mend.command}`);
    return { keptToken, ok, unknown: unknown.flatMap((one) => one.what), found };
  } finally {
    await world.close();
  }
}

describe("renew-token", () => {
  test("gives the token its whole life again, however much is left, with that token alone; a plan only says so", async () => {
    await aged(3);
    const plan = ended(await renews(true));
    expect(sent(plan)).toEqual([]);
    const mark = vault.scene.line.journal.length;
    const ran = ended(await renews());
    expect(sent(ran)).toEqual(["/v1/auth/token/renew-self"]);
    expect(said(ran)).toMatch(/it ends \d{4}-\d\d-\d\dT.* when it is not renewed again/);
    const asked = vault.scene.line.asked(mark).filter(({ path }) => path.startsWith("/v1/auth/"));
    expect(new Set(asked.map(({ identity }) => identity))).toEqual(new Set(["token-vault-k8s"]));
    expect((await looks()).keptToken).toMatchObject({ state: "valid", endsSoon: false, lifeSeconds: 32 * day });
  });

  test("leaves one alone that was renewed a moment ago: Vault tells whole seconds, and rounds them down", async () => {
    await aged(2 / day);
    expect(sent(ended(await renews()))).toEqual([]);
  });

  test("fails where Vault does not know the token, where none is kept, and where Vault renews nothing", async () => {
    await aged(1);
    vault.scene.line.break(({ path }) => (path.endsWith("/renew-self") ? { kind: "answer", status: 200, body: '{"auth":{}}' } : undefined));
    expect(endedReadably(await renews()).kind.code).toBe("VK1524");
    vault.scene.line.mend();
    vault.scene.vault.storage.revoke((await vault.successor())!.id);
    expect(endedReadably(await renews())).toMatchObject({
      kind: { code: "VK1524" },
      fix: expect.stringContaining("generate-root") as string,
    });
    await vault.again();
    expect(endedReadably(await renews())).toMatchObject({
      kind: { code: "VK1524" },
      message: expect.stringContaining("no kept token") as string,
    });
  });
});

describe("status and doctor", () => {
  test("say when the kept token ends, and warn of less than a third of its life", async () => {
    await aged(21);
    const half = await looks();
    const { keptToken } = half;
    expect([keptToken?.endsSoon, half.found, half.unknown]).toEqual([false, [], []]);
    expect(Date.parse(keptToken?.endsAt ?? "")).toBeCloseTo(Date.now() + 11 * day * 1000, -5);
    await aged(22);
    const late = await looks();
    expect([late.keptToken?.endsSoon, late.found]).toEqual([true, ["VD09 vault-k8s operator renew-token"]]);
  });

  test("say that it has ended", async () => {
    vault.scene.vault.storage.revoke((await vault.successor())!.id);
    const { keptToken, ok, found } = await looks();
    expect([keptToken, ok, found]).toEqual([
      { state: "ended" },
      false,
      ["VD09 vault-k8s operator generate-root -- vault-k8s operator retire-root"],
    ]);
  });

  test("say nothing of it where none is kept", async () => {
    await vault.again();
    const { keptToken, found } = await looks();
    expect([keptToken, found]).toEqual([undefined, []]);
  });

  test.each([
    ["all paths", /# A root token again[^]*?(?=# The reason)/],
    ["those that another server has", /path "sys\/generate-root-token\/attempt"[^]*?(?=# The reason)/],
  ])("say with the line that mends it that a token of an earlier version lacks %s", async (_, without) => {
    expect((await looks()).keptToken?.leadsToRoot).toBe(true);
    const { policies } = vault.scene.vault.storage;
    const earlier = policies.get("vault-k8s-admin")!.text.replace(without, "");
    policies.set("vault-k8s-admin", { text: earlier, rules: parsePolicy(earlier) });
    const { keptToken, found } = await looks();
    expect([keptToken?.leadsToRoot, found]).toEqual([false, ["VD08 vault-k8s operator generate-root -- vault-k8s operator retire-root"]]);
  });
});
