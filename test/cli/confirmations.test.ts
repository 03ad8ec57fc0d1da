import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { Scene } from "../contract/scene.ts";
import { isWrite } from "../contract/writes.ts";
import { newAuthMount } from "../fakes/vault/storage.ts";
import { key, type Talk, type Turn } from "./conversation.ts";
import { onFakes, talkOnFakes } from "./on-fakes.ts";

vi.setConfig({ testTimeout: 400_000 });

// A wired cluster. What is refused writes nothing, so that the next test finds it as it was; what is agreed to is put back.
let scene: Scene;
let putBack: () => Promise<void>;
beforeAll(async () => {
  scene = await Scene.open();
  scene.helm.timeoutMs = 30_000;
  const wired = await onFakes(scene, ["bootstrap", ...cluster]);
  expect(wired.exitCode, wired.stderr).toBe(0);
  await scene.prod.settled();
  putBack = await scene.save();
}, 120_000);
afterAll(() => scene.close());

const cluster = ["--cluster", "eks-prod"];
const { enter, interrupt } = key;
const endOfInput = "\u0004";

const writesSince = (mark: number): string[] =>
  scene.line
    .asked(mark)
    .filter(({ method, path }) => isWrite(method, path))
    .map(({ method, path }) => `${method} ${path}`);

const talk = (args: readonly string[], ...turns: readonly Turn[]): Promise<Talk> => talkOnFakes(scene, [...args, ...cluster], turns);

/** Writes nothing, and ends as every question does that is not agreed to. */
async function refused(args: readonly string[], ...turns: readonly Turn[]): Promise<string> {
  const mark = scene.line.journal.length;
  const { exitCode, text } = await talk(args, ...turns);
  expect([exitCode, writesSince(mark)], text).toEqual([130, []]);
  expect(text).toContain("VK1002");
  return text.replaceAll(/\s+/g, " ");
}

/** Where nobody can be asked it says which flag to give, and writes nothing. */
function nobodyToAsk(args: readonly string[], flag: string): void {
  it.each([
    ["without a terminal", () => onFakes(scene, [...args, ...cluster])],
    ["with --no-input", () => talk([...args, "--no-input"])],
    ["in CI", () => talkOnFakes(scene, [...args, ...cluster], [], { env: { CI: "true" } })],
  ] as const)("%s it says which flag to give", async (_, run) => {
    const mark = scene.line.journal.length;
    const ran = await run();
    const text = "text" in ran ? ran.text : ran.stderr;
    expect([ran.exitCode, writesSince(mark)], text).toEqual([64, []]);
    expect(text).toContain("VK1007");
    expect(text).toContain(flag);
  });
}

describe("teardown", () => {
  // The library breaks its line somewhere.
  const question = "All with - is deleted from context eks-prod";

  nobodyToAsk(["teardown", "--yes"], "--confirm eks-prod");

  it("does not take another name for it", async () => {
    const mark = scene.line.journal.length;
    const ran = await onFakes(scene, ["teardown", ...cluster, "--confirm", "eks-staging"]);
    expect([ran.exitCode, writesSince(mark), ran.stderr]).toEqual([64, [], expect.stringContaining("eks-staging is not the cluster")]);
  });

  it.each([
    ["the name of another cluster", `eks-staging${enter}`],
    ["yes", `yes${enter}`],
    ["nothing", enter],
    ["the name in capitals", `EKS-PROD${enter}`],
  ])("is stopped by %s", async (_, keys) => {
    expect(await refused(["teardown"], [question, keys])).toContain("that is not the name of the cluster Nothing was changed.");
  });

  it.each([
    ["Ctrl-C", interrupt],
    ["Ctrl-C after half of the name", `eks-${interrupt}`],
    ["Ctrl-D", endOfInput],
  ])("is stopped by %s", async (_, keys) => {
    expect(await refused(["teardown"], [question, keys])).toContain("Interrupted at a question Nothing was changed.");
  });

  it("shows first what goes and what stays; its name typed, it goes on, and asks no second time", async () => {
    const mark = scene.line.journal.length;
    const ran = await talk(["teardown"], [question, `eks-prod${enter}`]);
    expect(ran.exitCode, ran.text).toBe(0);
    const [shown = "", done = ""] = ran.text.split(new RegExp(`${question}[^]*eks-prod\\r?\\n`));
    expect(shown).toMatch(/- vault auth\/k8s-eks-prod\b[^]*- helm vault\/vault/);
    expect(done).toMatch(/helm vault\/vault deleted/);
    expect(writesSince(mark)).toContain("DELETE /v1/sys/auth/k8s-eks-prod");
    await scene.prod.settled();
    const again = await talk(["teardown"]);
    expect([again.exitCode, again.text]).toEqual([0, expect.not.stringContaining(question)]);
    await putBack();
  });
});

describe("an address that others use", () => {
  const install = ["install", "--image-tag", "1.21.9"];
  const question = /Take it\s+away\?/;

  beforeAll(() => {
    scene.vault.storage.auth.set("k8s-other/", newAuthMount("kubernetes", "managed by vault-k8s, cluster 2"));
    scene.prod.objects.put("services", {
      metadata: { name: "vault-lb", namespace: "vault", labels: { "app.kubernetes.io/instance": "vault" } },
      spec: { type: "LoadBalancer" },
    });
  });
  afterAll(() => putBack());

  it("stays with a no, also with the --yes that is about writing at all, and the flag that takes it away is named", async () => {
    const mark = scene.line.journal.length;
    const said = await talk(install, [question, `n${enter}`]);
    expect(said.text.replaceAll(/\s+/g, " ")).toContain("others log in to this Vault at auth/k8s-other");
    for (const { exitCode, text } of [said, await talk([...install, "--yes"])])
      expect([exitCode, text.replaceAll(/\s+/g, " ")]).toEqual([1, expect.stringMatching(/--force-address .*VK1401/)]);
    expect(writesSince(mark)).toEqual([]);
  });

  it("goes with a yes", async () => {
    const ran = await talk(install, [question, `y${enter}`]);
    expect([ran.exitCode, ran.text]).toEqual([0, expect.stringContaining("helm vault/vault updated")]);
  });
});

describe("doctor --fix", () => {
  const question = "Do that in context eks-prod and in Vault?";
  const fix = ["doctor", "--fix"];

  beforeAll(() => {
    for (const mount of scene.vault.storage.auth.values()) mount.roles?.clear();
  });
  afterAll(() => putBack());

  nobodyToAsk(fix, "--yes");

  it.each([
    ["no", `n${enter}`],
    ["Enter alone", enter],
  ])("is stopped by %s", async (_, keys) => {
    expect(await refused(fix, [question, keys])).toMatch(/vault-k8s role [^]*you said no Nothing was changed\./);
  });

  it.each([
    ["Ctrl-C", interrupt],
    ["Ctrl-D", endOfInput],
  ])("is stopped by %s", async (_, keys) => {
    expect(await refused(fix, [question, keys])).toContain("Interrupted at a question Nothing was changed.");
  });

  it("takes no other word for a yes", async () => {
    await refused(fix, [question, `eks-prod${enter}`], ["You must answer", interrupt]);
  });

  it("with a yes goes on, and says of a second question what was done before it", async () => {
    scene.prod.objects.remove("clusterrolebindings.rbac.authorization.k8s.io", undefined, "vault-k8s-k8s-eks-prod-auth-delegator");
    const mark = scene.line.journal.length;
    const ran = await talk(fix, [question, `y${enter}`], [/VD40[^]*Do that in context/, interrupt]);
    const words = ran.text.replaceAll(/\s+/g, " ");
    expect(ran.exitCode, ran.text).toBe(130);
    expect(words).toContain("Interrupted at a question Before that this was mended: VD20. Nothing else was changed.");
    expect(writesSince(mark)).toEqual(["POST /v1/auth/k8s-eks-prod/role/external-secrets"]);
    const rest = await talk(fix, [question, `yes${enter}`]);
    expect(rest.exitCode, rest.text).toBe(0);
  });
});

describe("adopt", () => {
  beforeAll(() => void (scene.vault.storage.auth.get("k8s-eks-prod/")!.description = "made by hand"));
  afterAll(() => putBack());

  nobodyToAsk(["adopt"], "--yes");

  it.each([
    ["no", `n${enter}`, "you said no"],
    ["Ctrl-C", interrupt, "Interrupted at a question"],
  ])("is stopped by %s", async (_, keys, words) => {
    expect(await refused(["adopt"], ["Put our marks on them", keys])).toContain(`${words} Nothing was changed.`);
  });
});
