import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { waitFor } from "../machine/wait.ts";
import { inLab, kubectl, kubectlJson, theLab, typed, type Ran } from "../testing/product.ts";
import { kubeWritesSince } from "../testing/writes.ts";

/*
 * eks-staging is empty: helm alone, without us, installs a Vault and the operator there. Afterwards that Vault is gone; the operator stays, as
 * ours, and teardown takes it away.
 */
const lab = theLab();
const context = "eks-staging";
const flags = "--cluster eks-staging --insecure-no-tls --replicas 1 --storage-size 1Gi --expose ClusterIP";
let keys: Keys;

// As HashiCorp's documentation has it: raft makes up a name for the pod. And a value that we would not set.
const values = [
  "injector.enabled=false",
  "server.affinity=",
  "server.dataStorage.size=1Gi",
  "server.logLevel=debug",
  "server.ha.enabled=true",
  "server.ha.replicas=1",
  "server.ha.raft.enabled=true",
].join(",");

const byHelm = `
helm install vault ${lab.charts.vault} --kube-context ${context} -n vault --create-namespace --set ${values}
helm install external-secrets ${lab.charts.externalSecrets} --kube-context ${context} -n external-secrets --create-namespace`;

const ours = (line: string): Promise<Ran> =>
  typed(lab, `vault-k8s ${line} ${flags}`, { env: { VAULT_TOKEN: keys.root_token, XDG_DATA_HOME: join(lab.work, "by-helm") } });

/** HashiCorp's command in the pod. */
const vault = (args: readonly string[], input = ""): Promise<Ran> =>
  inLab(lab, ["kubectl", "--context", context, "exec", "-i", "-n", "vault", "vault-0", "--", "vault", ...args], { input });

interface Keys {
  readonly root_token: string;
  readonly unseal_keys_b64: readonly string[];
}

async function initialise(): Promise<Keys> {
  return waitFor("Vault is initialised", 90, async () => {
    const { exitCode, stdout } = await vault(["operator", "init", "-key-shares=1", "-key-threshold=1", "-format=json"]);
    return exitCode === 0 && (JSON.parse(stdout) as Keys);
  });
}

/** Opens the pod, and waits until it leads. */
async function open(): Promise<void> {
  await waitFor(
    "vault-0 takes the key",
    90,
    async () => (await vault(["write", "sys/unseal", "key=-"], keys.unseal_keys_b64[0])).exitCode === 0,
  );
  await waitFor("vault-0 leads", 60, async () => {
    const { stdout } = await vault(["status", "-format=json"]);
    return stdout.startsWith("{") && (JSON.parse(stdout) as { is_self?: boolean }).is_self === true;
  });
}

interface Pods {
  readonly items: readonly { readonly metadata: { readonly name: string; readonly uid: string } }[];
}

async function pods(): Promise<Record<string, string>> {
  const found = await Promise.all(
    ["vault", "external-secrets"].map((namespace) => kubectlJson<Pods>(lab, context, ["get", "pods", "-n", namespace])),
  );
  return Object.fromEntries(found.flatMap(({ items }) => items.map(({ metadata: { name, uid } }) => [name, uid])));
}

/** Names of the revisions of releases that carry our label. */
const marked = (): Promise<string> =>
  kubectl(lab, context, ["get", "secrets", "-A", "-l", "owner=helm,app.kubernetes.io/managed-by=vault-k8s", "-o", "name"]);

describe("adopt --releases", () => {
  beforeAll(async () => {
    const made = await typed(lab, byHelm);
    expect(made.exitCode, made.stderr).toBe(0);
    keys = await initialise();
    await open();
  }, 180_000);
  afterAll(async () => {
    const gone = await typed(
      lab,
      `helm uninstall vault --kube-context ${context} -n vault; kubectl --context ${context} delete namespace vault --wait=false`,
    );
    expect(gone.exitCode, gone.stderr).toBe(0);
  }, 120_000);

  it("shows the releases that would be owned, and which of their values would change or go; nothing is written", async () => {
    const me = await kubectlJson<{ status: { userInfo: { username: string } } }>(lab, context, ["auth", "whoami"]);
    const since = new Date();
    const without = await ours("adopt --dry-run");
    expect(without.stdout + without.stderr).not.toMatch(/helm \S+ would be/);
    const { exitCode, stdout, stderr } = await ours("adopt --releases --dry-run");
    expect(exitCode, stderr).toBe(0);
    expect(stdout).toMatch(/helm vault\/vault[^]*the next bootstrap gives it our values/);
    expect(stdout).toContain("helm external-secrets/external-secrets");
    expect(stderr).toMatch(/helm vault\/vault: chart, values files or --set, server\.logLevel \(goes\)$/m);
    expect(await kubeWritesSince(lab, context, me.status.userInfo.username, since)).toEqual([]);
  });

  it("takes them over; bootstrap then upgrades them, no pod is made anew, and nothing is left to plan", async () => {
    const before = await pods();
    const adopted = await ours("adopt --releases --yes");
    expect(adopted.exitCode, adopted.stderr).toBe(0);
    expect(await marked()).toBe("secret/sh.helm.release.v1.external-secrets.v1\nsecret/sh.helm.release.v1.vault.v1");
    const bootstrap = await ours("bootstrap");
    expect(bootstrap.exitCode, bootstrap.stderr).toBe(0);
    expect(bootstrap.stderr).toContain("helm vault/vault updated");
    expect(bootstrap.stderr).toContain("helm external-secrets/external-secrets updated");
    expect(await pods()).toEqual(before);
    expect(Object.keys(before)).toHaveLength(4);
    const plan = await ours("plan --detailed-exitcode");
    expect(plan.exitCode, plan.stdout + plan.stderr).toBe(0);
  });

  it("leaves raft the name that it knows the pod by: made anew, the pod leads again", async () => {
    const uid = (await pods())["vault-0"];
    await kubectl(lab, context, ["delete", "pod", "vault-0", "-n", "vault", "--grace-period=1"]);
    await waitFor("vault-0 is made anew", 60, async () => ![uid, undefined].includes((await pods())["vault-0"]));
    await open();
  });
});
