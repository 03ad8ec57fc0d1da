import { spawn } from "node:child_process";
import { mkdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, expect, test } from "vitest";
import { waitFor } from "../machine/wait.ts";
import { inLab, kubectl, theLab, vaultK8s, type Ran } from "../testing/product.ts";
import { cluster, words } from "./world.ts";

// Three pods, installed by the command itself.
const lab = theLab();
const namespace = "pods";
const home = join(lab.work, "home-pods");
const flags = ["--cluster", cluster, "--install-namespace", namespace, "--timeout", "90s"];
const env = { HOME: home, XDG_DATA_HOME: home };
const run = (...args: string[]): Promise<Ran> => vaultK8s(lab, [...args, ...flags], { env });
const kube = (...args: string[]): Promise<string> => kubectl(lab, cluster, [...args, "-n", namespace]);

interface Seal {
  readonly initialized: boolean;
  readonly sealed: boolean;
  readonly cluster_id?: string;
}

/** Vault's own command in a pod: it works with TLS and without. */
async function vaultIn(pod: string, args: string, input = ""): Promise<Ran> {
  return inLab(
    lab,
    ["kubectl", "--context", cluster, "exec", "-i", "-n", namespace, pod, "--", "sh", "-c", `VAULT_SKIP_VERIFY=true ${args}`],
    { input },
  );
}

async function seal(pod: string): Promise<Seal | undefined> {
  const { stdout } = await vaultIn(pod, "vault status -format=json").catch(() => ({ stdout: "" }));
  return stdout.startsWith("{") ? (JSON.parse(stdout) as Seal) : undefined;
}

const untilSealIs = (pod: string, fits: (found: Seal) => boolean): Promise<unknown> =>
  waitFor(`${pod} as it should be`, 120, async () => {
    const found = await seal(pod);
    return found !== undefined && fits(found);
  });

const uidOf = (pod: string): Promise<string> => kube("get", "pod", pod, "-o", "jsonpath={.metadata.uid}").catch(() => "");

/** A pod made anew, with its volume or without. Returns when the new one answers. */
async function remake(pod: string, withVolume: boolean): Promise<void> {
  const before = await uidOf(pod);
  if (!withVolume) await kube("delete", "pvc", `data-${pod}`, "--wait=false");
  await kube("delete", "pod", pod, "--grace-period=1");
  await waitFor(`a new ${pod}`, 120, async () => ![before, ""].includes(await uidOf(pod)));
  await untilSealIs(pod, ({ initialized }) => initialized === withVolume);
}

const file = (name: string): string => readFileSync(join(home, "vault-k8s", cluster, name), "utf8");
const clusterId = (): string => (JSON.parse(file("init.json.origin")) as { vaultClusterId: string }).vaultClusterId;
const rootToken = (): string => (JSON.parse(file("init.json")) as { root_token: string }).root_token;

const pods = ["vault-0", "vault-1", "vault-2"];

async function leader(): Promise<string | undefined> {
  for (const pod of pods) if (((await seal(pod)) as { is_self?: boolean } | undefined)?.is_self === true) return pod;
  return undefined;
}

/** Raft gives a pod that has just joined a vote after a while; until then the others must not be lost. */
const threeVoters = (): Promise<unknown> =>
  waitFor("three voters", 120, async () => {
    const asked = (await leader()) ?? "vault-0";
    const listed = await vaultIn(asked, "VAULT_TOKEN=$(cat) vault operator raft list-peers -format=json", rootToken());
    return (listed.stdout.match(/"voter": true/g) ?? []).length === 3;
  });

beforeAll(async () => {
  rmSync(home, { recursive: true, force: true });
  mkdirSync(home);
  for (const step of [
    ["install", "--expose", "ClusterIP", "--storage-size", "1Gi"],
    ["operator", "init"],
    ["operator", "unseal"],
  ]) {
    const { exitCode, stderr } = await run(...step);
    expect(exitCode, stderr).toBe(0);
  }
});

test("--watch unseals a pod that was restarted, and joins one that lost its volume; Ctrl-C ends it with 130", async () => {
  await threeVoters();
  const [program, ...args] = lab.onNetwork(["vault-k8s", "operator", "unseal", "--watch", ...flags]);
  const watching = spawn(program, args, { cwd: lab.work, env: { ...lab.env, ...env }, stdio: ["ignore", "ignore", "pipe"] });
  let said = "";
  watching.stderr.on("data", (bytes: Buffer) => void (said += bytes.toString()));
  const ended = new Promise<number | null>((resolve) => void watching.on("exit", (code) => resolve(code)));
  try {
    await waitFor("the watch has begun", 60, () => said.includes("Every pod that answers is unsealed"));
    const keys = file("init.json");
    await kube("delete", "pod", "vault-2", "--grace-period=1");
    await waitFor("it says so", 120, () => /vault-2 is unsealed/.test(said));
    await untilSealIs("vault-2", ({ sealed, cluster_id: id }) => !sealed && id === clusterId());
    await kube("delete", "pvc", "data-vault-1", "--wait=false");
    await kube("delete", "pod", "vault-1", "--grace-period=1");
    await waitFor("it says so", 120, () => /vault-1 joins vault-\d/.test(said) && /vault-1 is unsealed/.test(said));
    await untilSealIs("vault-1", ({ sealed, cluster_id: id }) => !sealed && id === clusterId());
    expect(file("init.json")).toBe(keys);
    expect(said).not.toContain(rootToken());
  } finally {
    watching.kill("SIGINT");
  }
  expect(await ended, said).toBe(130);
});

test("a pod that lost its volume joins, also the one that was initialised, and init is not asked again", async () => {
  await threeVoters();
  await remake("vault-0", false);
  const keys = file("init.json");
  const init = await run("operator", "init");
  expect([init.exitCode, init.stderr], "nothing to do").toEqual([0, expect.stringContaining("unchanged") as string]);
  expect((await seal("vault-0"))?.initialized).toBe(false);
  const unseal = await run("operator", "unseal");
  expect([unseal.exitCode, words(unseal)]).toEqual([0, expect.stringMatching(/vault-0 joins vault-\d/) as string]);
  expect([(await seal("vault-0"))?.cluster_id, file("init.json")]).toEqual([clusterId(), keys]);
});

test("a pod that is another Vault is refused, sealed or not", async () => {
  await threeVoters();
  await remake("vault-2", false);
  const other = await vaultIn("vault-2", "vault operator init -key-shares=1 -key-threshold=1 -format=json");
  const { unseal_keys_b64: shares } = JSON.parse(other.stdout) as { unseal_keys_b64: string[] };
  const sealed = await run("operator", "unseal");
  expect([sealed.exitCode, words(sealed)]).toEqual([65, expect.stringMatching(/vault-2 does not take the keys.*VK1505/) as string]);
  await vaultIn("vault-2", "vault write -format=json sys/unseal key=-", shares[0]);
  await untilSealIs("vault-2", (found) => !found.sealed && found.cluster_id !== undefined);
  for (const command of [
    ["operator", "unseal"],
    ["operator", "unseal", "--dry-run"],
  ]) {
    const refused = await run(...command);
    expect([refused.exitCode, words(refused)]).toEqual([1, expect.stringMatching(/two Vault clusters.*vault-2.*VK1507/) as string]);
  }
  await remake("vault-2", false);
  const joined = await run("operator", "unseal");
  expect(joined.exitCode, joined.stderr).toBe(0);
  await untilSealIs("vault-2", ({ cluster_id: id }) => id === clusterId());
});

test("a pod that cannot run and one that was removed are explained, and do not stop the others", async () => {
  await threeVoters();
  const active = await waitFor("the leader", 60, leader);
  const [removed, gone] = pods.filter((pod) => pod !== active) as [string, string];
  // The leader may change while it commits; then the new one is asked.
  await waitFor(`${removed} is removed`, 120, async () => {
    await vaultIn((await leader()) ?? active, `VAULT_TOKEN=$(cat) vault operator raft remove-peer ${removed}`, rootToken());
    return ((await seal(removed)) as { removed_from_cluster?: boolean } | undefined)?.removed_from_cluster;
  });
  const node = (await kubectl(lab, cluster, ["get", "node", "-o", "jsonpath={.items[0].metadata.name}"])).trim();
  await kubectl(lab, cluster, ["cordon", node]);
  try {
    await kube("delete", "pod", gone, "--grace-period=1");
    await waitFor(
      `${gone} is pending`,
      60,
      async () => (await kube("get", "pod", gone, "-o", "jsonpath={.status.phase}").catch(() => "")) === "Pending",
    );
    const { exitCode, stderr } = await run("operator", "unseal");
    const said = stderr.replace(/\s+/g, " ");
    expect(said).toContain(`${removed} was removed from the cluster`);
    expect(said).toMatch(new RegExp(`${gone} is unreachable \\(its pod is Pending`));
    expect(exitCode, stderr).toBe(0);
  } finally {
    await kubectl(lab, cluster, ["uncordon", node]);
  }
  await remake(removed, false);
  await untilSealIs(gone, ({ sealed }) => sealed);
  const joined = await run("operator", "unseal");
  expect(joined.exitCode, joined.stderr).toBe(0);
  for (const pod of [removed, gone]) await untilSealIs(pod, ({ cluster_id: id }) => id === clusterId());
});
