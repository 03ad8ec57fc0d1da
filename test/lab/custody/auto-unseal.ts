import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, expect, test } from "vitest";
import { waitFor } from "../machine/wait.ts";
import { inLab, kubectl, theLab, vaultK8s, type Ran } from "../testing/product.ts";
import { cluster, words } from "./world.ts";

// Two pods whose seal is the transit engine of the Vault in namespace pods.
const lab = theLab();
const namespace = "auto";
const home = join(lab.work, "home-auto");
const env = { HOME: home, XDG_DATA_HOME: home };
const flags = ["--cluster", cluster, "--install-namespace", namespace, "--timeout", "90s"];
const run = (...args: string[]): Promise<Ran> => vaultK8s(lab, [...args, ...flags], { env });
const kube = (...args: string[]): Promise<string> => kubectl(lab, cluster, [...args, "-n", namespace]);

interface Seal {
  readonly sealed: boolean;
  readonly recovery_seal?: boolean;
  readonly type: string;
  readonly cluster_id?: string;
}

async function seal(pod: string): Promise<Seal | undefined> {
  const line = ["kubectl", "--context", cluster, "exec", "-n", namespace, pod, "--", "vault", "status", "-tls-skip-verify", "-format=json"];
  const { stdout } = await inLab(lab, line).catch(() => ({ stdout: "" }));
  return stdout.startsWith("{") ? (JSON.parse(stdout) as Seal) : undefined;
}

/** A line with the vault command in a pod of the other Vault, as root there. */
async function transit(line: string): Promise<string> {
  const keys = readFileSync(join(lab.work, "home-pods", "vault-k8s", cluster, "init.json"), "utf8");
  const { root_token: input } = JSON.parse(keys) as { root_token: string };
  const inside = `export VAULT_SKIP_VERIFY=true VAULT_TOKEN=$(cat); ${line}`;
  const ran = await inLab(lab, ["kubectl", "--context", cluster, "exec", "-i", "-n", "pods", "vault-0", "--", "sh", "-euc", inside], {
    input,
  });
  expect(ran.exitCode, ran.stderr).toBe(0);
  return ran.stdout.trim();
}

const config = (token: string): string => `
listener "tcp" {
  address         = "[::]:8200"
  cluster_address = "[::]:8201"
  tls_cert_file   = "/vault/tls/tls.crt"
  tls_key_file    = "/vault/tls/tls.key"
}
storage "raft" {
  path = "/vault/data"
}
seal "transit" {
  address         = "https://vault.pods.svc:8200"
  token           = "${token}"
  key_name        = "auto"
  mount_path      = "transit/"
  tls_skip_verify = "true"
}
service_registration "kubernetes" {}
`;

beforeAll(async () => {
  rmSync(home, { recursive: true, force: true });
  mkdirSync(home);
  await transit("vault secrets enable transit; vault write -f transit/keys/auto");
  const policy = 'path "transit/encrypt/auto" { capabilities = ["update"] } path "transit/decrypt/auto" { capabilities = ["update"] }';
  await transit(`echo '${policy}' | vault policy write auto -`);
  const token = await transit("vault token create -orphan -policy=auto -period=24h -field=token");
  // Its binding is of the whole cluster, and the other Vault's release has it.
  const authDelegator = { enabled: false };
  const values = join(home, "values.json");
  writeFileSync(values, JSON.stringify({ server: { authDelegator, ha: { raft: { config: config(token) } } } }), { mode: 0o600 });
  const installed = await run("install", "--expose", "ClusterIP", "--storage-size", "1Gi", "--replicas", "2", "--values", values);
  expect(installed.exitCode, installed.stderr).toBe(0);
});

test("init keeps recovery keys, and the pod unseals itself", async () => {
  const init = await run("operator", "init");
  expect(init.exitCode, init.stderr).toBe(0);
  const keys = JSON.parse(readFileSync(join(home, "vault-k8s", cluster, "init.json"), "utf8")) as Record<string, unknown>;
  expect(keys).toMatchObject({ unseal_keys_b64: [], recovery_keys_shares: 5, recovery_keys_threshold: 3 });
  expect(keys["recovery_keys_b64"]).toHaveLength(5);
  expect(await seal("vault-0")).toMatchObject({ sealed: false, recovery_seal: true, type: "transit" });
});

test("unseal joins the other pod without a key; run again there is nothing to do", async () => {
  const unseal = await run("operator", "unseal");
  expect([unseal.exitCode, words(unseal)]).toEqual([0, expect.stringMatching(/vault-1 joins vault-0/) as string]);
  await waitFor("vault-1 is of this Vault", 60, async () => {
    const [first, second] = [await seal("vault-0"), await seal("vault-1")];
    return second?.sealed === false && first?.cluster_id !== undefined && second.cluster_id === first.cluster_id;
  });
  const again = await run("operator", "unseal");
  expect([again.exitCode, words(again)]).toEqual([0, expect.stringContaining("Nothing to do") as string]);
});

test("a pod that is made anew unseals itself; unseal asks for no key", async () => {
  await kube("delete", "pod", "vault-1", "--grace-period=1");
  const unseal = await run("operator", "unseal");
  expect(unseal.exitCode, unseal.stderr).toBe(0);
  await waitFor("vault-1 is unsealed", 120, async () => (await seal("vault-1"))?.sealed === false);
});
