import { mkdtemp, readFile, readdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { stripVTControlCharacters } from "node:util";
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { parse } from "yaml";
import { Scene } from "../contract/scene.ts";
import { isWrite } from "../contract/writes.ts";
import { key, type Talk, type Turn } from "./conversation.ts";
import { talkOnFakes } from "./on-fakes.ts";
import { vaultK8s } from "./product.ts";
import { bootstrap, walk, walkAgain, walkPlain, write } from "./wizard-walk.ts";

vi.setConfig({ testTimeout: 400_000 });

let scene: Scene;
let folder = "";
beforeAll(async () => {
  scene = await Scene.open();
  scene.helm.timeoutMs = 30_000;
});
beforeEach(async () => {
  folder = await mkdtemp(join(scene.folder, "wizard-"));
});
afterAll(() => scene.close());

const file = (): string => join(folder, "vault-k8s.yaml");
const written = async (): Promise<Record<string, unknown>> => parse(await readFile(file(), "utf8")) as Record<string, unknown>;

const talk = (turns: readonly Turn[], more: readonly string[] = [], env: Readonly<Record<string, string>> = {}): Promise<Talk> =>
  talkOnFakes(scene, ["init", ...more], turns, { cwd: folder, env });

const { enter, down, escape, interrupt, clear } = key;

/** Nothing was written anywhere while something ran. */
async function writesNothing(work: () => Promise<unknown>): Promise<void> {
  const mark = scene.line.journal.length;
  await work();
  expect(scene.line.asked(mark).filter(({ method, path }) => isWrite(method, path))).toEqual([]);
  expect(await readdir(folder)).toEqual([]);
}

describe("a walk through", () => {
  it("writes a file with comments, and prints the command that does the same", async () => {
    const ran = await talk([...walk, write]);
    expect(ran.exitCode, ran.text).toBe(0);
    expect(ran.text).toContain("The plan");
    expect(ran.text).toMatch(/\+ helm vault\/vault/);
    const text = await readFile(file(), "utf8");
    expect(text.split("\n")[0]).toBe("# yaml-language-server: $schema=./vault-k8s.schema.json");
    const { stdout: schema } = await vaultK8s(["schema"]);
    expect(await readFile(join(folder, "vault-k8s.schema.json"), "utf8")).toBe(schema);
    expect(text).toContain("# Name of the cluster; the mount, policy and prefix in Vault are named after it\ncluster: eks-prod");
    expect(await written()).toMatchObject({ cluster: "eks-prod", context: "eks-prod", secrets: ["db", "api=team/api"] });
    expect(ran.text).toMatch(/vault-k8s bootstrap --cluster eks-prod --context eks-prod.* --secret db --secret api=team\/api/);
    const planned = await vaultK8s(["plan", "-q", "--detailed-exitcode", "--kubeconfig", join(scene.folder, "kubeconfig")], {
      cwd: folder,
      env: { VAULT_K8S_HELM: scene.helm.program },
    });
    expect(planned.exitCode, planned.stderr).toBe(2);
  });

  it("goes back with Esc, to an answer that can be changed", async () => {
    const back: readonly Turn[] = [
      ...walk.slice(0, 4),
      ["Who reaches it from outside?", escape],
      ["How many Vault pods?", down + enter],
      ...walk.slice(4, 7),
      ["Which operator copies", escape],
      ["Where are the unseal keys", escape],
      ["Whose certificate", escape],
      ["Who reaches it", down + enter],
      ...walk.slice(5),
      write,
    ];
    const ran = await talk(back);
    expect(ran.exitCode, ran.text).toBe(0);
    expect(await written()).toMatchObject({ vault: { expose: "LoadBalancer" } });
  });

  it("asks whose certificate Vault serves", async () => {
    const chosen = async (keys: string, ...more: readonly Turn[]): Promise<unknown> => {
      const rest: readonly Turn[] = [...walk.slice(6, -1), ["Which secrets does it get?", `${clear}db${enter}`]];
      // A Secret that is not there leaves no plan, and so nothing to run.
      const last: Turn = more.length > 0 ? ["What now?", enter] : write;
      const ran = await talk([...walk.slice(0, 5), ["Whose certificate", keys + enter], ...more, ...rest, last]);
      expect(ran.exitCode, ran.text).toBe(0);
      expect(ran.text.includes("VK1230")).toBe(more.length > 0);
      return ((await written()) as { vault?: unknown }).vault;
    };
    expect(await chosen("")).toEqual({ replicas: 3 });
    const given = { replicas: 3, tls: { secret: "vault-server" } };
    expect(await chosen(down, ["Which Secret?", enter], ["must not be empty", `vault-server${enter}`])).toEqual(given);
    // It begins with what the file says.
    expect(await chosen("", ["Which Secret?", enter])).toEqual(given);
    expect(await chosen(down)).toEqual({ replicas: 3, insecureNoTls: true });
  });

  it("says what is wrong with an answer, and asks again", async () => {
    const ran = await talk([
      walk[0]!,
      ["What is it called", `${clear}Not A Name${enter}`],
      ["lower-case letters", `${clear}shop${enter}`],
      ...walk.slice(2),
      write,
    ]);
    expect(await written(), ran.text).toMatchObject({ cluster: "shop" });
  });

  it("with a Vault at an address installs nothing", async () => {
    const putBack = await scene.save();
    scene.vault.ready();
    const { url } = scene.vault;
    const ran = await talk([
      ...walk.slice(0, 2),
      ["Which Vault?", down + enter],
      ["Its address?", `${clear}${url}${enter}`],
      ...walk.slice(7),
      ["What now?", enter],
    ]);
    expect(ran.text).toContain("VK1205");
    expect(await written()).toMatchObject({ vault: { addr: url } });
    await putBack();
  });

  it("with --color never, and with NO_COLOR, there is no colour, and every line fits 80 columns", async () => {
    for (const [more, env] of [
      [["--color", "never"], {}],
      [[], { NO_COLOR: "1" }],
    ] as const) {
      const ran = await talk([...walk, ["What now?", down + down + down + enter]], more, env);
      // oxlint-disable-next-line no-control-regex
      expect(ran.raw).not.toMatch(/\u001b\[(3[0-7]|9[0-7]|1|2)m/);
      expect(ran.exitCode).toBe(130);
      // The library draws a line again and again, each time after it moved the cursor.
      // oxlint-disable-next-line no-control-regex
      const drawn = stripVTControlCharacters(ran.raw.replaceAll(/\u001b\[\d*[A-K]/g, "\n"));
      const prose = drawn.split(/\r?\n/).filter((line) => !/--cluster/.test(line));
      expect(prose.filter((line) => line.length > 80)).toEqual([]);
    }
  });
});

describe("Ctrl-C", () => {
  it.each(walk.map(([seen], index) => [String(seen), index] as const))("at %s leaves nothing behind", async (_, index) => {
    await writesNothing(async () => {
      const ran = await talk([...walk.slice(0, index), [walk[index]![0], interrupt]]);
      expect([ran.exitCode, ran.text]).toEqual([130, expect.stringContaining("VK1002")]);
    });
  });

  it("and the end of input, Ctrl-D, leave nothing behind", async () => {
    await writesNothing(async () => {
      const ran = await talk([...walk.slice(0, 6), ["Where are the unseal keys kept?", "\u0004"]]);
      expect([ran.exitCode, ran.text]).toEqual([130, expect.stringContaining("VK1002")]);
    });
  });

  it("at the end leaves nothing behind", async () => {
    await writesNothing(async () => expect((await talk([...walk, ["What now?", interrupt]])).exitCode).toBe(130));
  });
});

describe("a file that is there", () => {
  const existing = "# ours\ncluster: eks-prod\ncontext: eks-prod\nvault:\n  imageTag: 1.21.0 # tested\n  replicas: 5\nsecrets:\n  - web\n";

  it("is proposed, and keeps what is not asked for, with its comments", async () => {
    await writeFile(file(), existing);
    const ran = await talk([...walk.slice(0, -1), ["Which secrets does it get?", ` db${enter}`], write]);
    expect(ran.exitCode, ran.text).toBe(0);
    const text = await readFile(file(), "utf8");
    expect(text).toContain("# ours\n");
    expect(text).toContain("imageTag: 1.21.0 # tested");
    expect(await written()).toMatchObject({ vault: { imageTag: "1.21.0", replicas: 5 }, secrets: ["web", "db"] });
  });

  it("with clusters gets the answers in the cluster's own part", async () => {
    await writeFile(file(), "kv:\n  mount: team\nclusters:\n  eks-prod:\n    namespace: shop\n  eks-staging: {}\n");
    const ran = await talk([...walk, write]);
    expect(ran.exitCode, ran.text).toBe(0);
    expect(await written()).toMatchObject({
      kv: { mount: "team" },
      clusters: { "eks-prod": { namespace: "shop", context: "eks-prod", secrets: ["db", "api=team/api"] } },
    });
    expect(ran.text).toContain("vault-k8s bootstrap --cluster eks-prod");
  });

  it("that cannot be understood is left as it is", async () => {
    await writeFile(file(), "cluster: [\n");
    const ran = await talk([]);
    expect([ran.exitCode, ran.text]).toEqual([65, expect.stringContaining("VK1003")]);
    expect(await readFile(file(), "utf8")).toBe("cluster: [\n");
  });
});

describe("where nobody can be asked", () => {
  it.each([
    ["without a terminal", {}, []],
    ["with --no-input", {}, ["--no-input"]],
  ] as const)("%s it says so", async (_, env, more) => {
    const ran = await vaultK8s(["init", ...more], { cwd: folder, env });
    expect([ran.exitCode, ran.stderr]).toEqual([64, expect.stringContaining("VK1007")]);
  });

  it("in CI it says so", async () => {
    const ran = await talk([], [], { CI: "true" });
    expect([ran.exitCode, ran.text]).toEqual([64, expect.stringContaining("VK1007")]);
  });
});

describe("to the end", () => {
  it("runs bootstrap, and a second walk finds what is there", async () => {
    const ran = await talk([...walkPlain, bootstrap]);
    expect(ran.exitCode, ran.text).toBe(0);
    expect(ran.text).toContain("Prove it");
    const again = await talk([...walkAgain, write]);
    expect(again.exitCode, again.text).toBe(0);
    expect(again.text).toMatch(/0 to make, 0 to change/);
    // A yes of the file stays one, in the file and in the command.
    expect(again.text).toMatch(/vault-k8s bootstrap .* --insecure-no-tls --secret db/);
    expect(await written()).toMatchObject({ vault: { insecureNoTls: true } });
    await rm(file());
  });
});
