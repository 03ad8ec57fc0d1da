import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { kubectlJson, theLab, typed, vaultK8s, type Ran } from "../testing/product.ts";
import { typedArticle, untypedArticle } from "../testing/typed-article.ts";
import { reach, rootToken, vaultAs } from "../testing/vault.ts";
import { kubeWritesSince } from "../testing/writes.ts";

// eks-prod is wired, and eks-staging is empty; both are left so. A second wiring of the same cluster, under other names, is made with kubectl and vault alone; it is gone afterwards.
const lab = theLab();
const names =
  "--cluster legacy --context eks-prod --auth-mount kubernetes --policy-name app-read --role-name app --reviewer-namespace legacy --reviewer-service-account reviewer --store-name legacy";
let reached: Readonly<Record<string, string>> = {};
let token: string;

const byHand = `
kubectl create namespace legacy
kubectl -n legacy create serviceaccount reviewer
kubectl apply -f - <<END
apiVersion: v1
kind: Secret
metadata: { name: reviewer-token, namespace: legacy, annotations: { kubernetes.io/service-account.name: reviewer } }
type: kubernetes.io/service-account-token
END
kubectl create clusterrolebinding legacy-reviewer --clusterrole=system:auth-delegator --serviceaccount=legacy:reviewer
until jwt=$(kubectl -n legacy get secret reviewer-token -o jsonpath={.data.token} | base64 -d) && [ -n "$jwt" ]; do :; done
kubectl config view --raw --minify -o jsonpath='{.clusters[0].cluster.certificate-authority-data}' | base64 -d > ca.pem
host=$(kubectl config view --minify -o jsonpath='{.clusters[0].cluster.server}')
vault auth enable -path=kubernetes -description='made by hand' kubernetes
printf %s "$jwt" | vault write auth/kubernetes/config kubernetes_host="$host" kubernetes_ca_cert=@ca.pem token_reviewer_jwt=-
printf 'path "kv/data/k8s/legacy/*" { capabilities = ["read"] }\\n' | vault policy write app-read -
vault write auth/kubernetes/role/app bound_service_account_names=external-secrets bound_service_account_namespaces=external-secrets audience=vault token_policies=app-read
kubectl apply -f - <<END
apiVersion: external-secrets.io/v1
kind: ClusterSecretStore
metadata: { name: legacy }
spec:
  provider:
    vault:
      server: $VAULT_ADDR
      caBundle: $(base64 -w0 < "$VAULT_CACERT")
      path: kv
      version: v2
      auth:
        kubernetes: { mountPath: kubernetes, role: app, serviceAccountRef: { name: external-secrets, namespace: external-secrets, audiences: [vault] } }
END
rm ca.pem
`;

const asRoot = (): Record<string, string> => ({ VAULT_TOKEN: token });
const ours = (line: string): Promise<Ran> =>
  typed(lab, `vault-k8s ${line} ${names} --vault-addr ${reached["VAULT_ADDR"] ?? ""}`, {
    env: { VAULT_CACERT: reached["VAULT_CACERT"] ?? "", ...asRoot() },
  });

describe("adopt", () => {
  beforeAll(async () => {
    [reached, token] = await Promise.all([reach(lab, "eks-prod"), rootToken(lab, "eks-prod")]);
    const made = await typed(lab, byHand, { env: { ...reached, ...asRoot() } });
    expect(made.exitCode, made.stderr).toBe(0);
  }, 120_000);
  afterAll(async () => {
    const undo = `
      kubectl delete clustersecretstore legacy --ignore-not-found
      kubectl delete clusterrolebinding legacy-reviewer vault-k8s-kubernetes-auth-delegator --ignore-not-found
      kubectl delete namespace legacy
      vault auth disable kubernetes
      vault policy delete app-read`;
    const undone = await typed(lab, undo, { env: { ...reached, ...asRoot() } });
    expect(undone.exitCode, undone.stderr).toBe(0);
  }, 120_000);

  it("is what a conflict with somebody else's wiring names; bootstrap writes nothing", async () => {
    const { exitCode, stderr } = await ours("bootstrap --yes");
    expect(exitCode, stderr).toBe(1);
    expect(stderr).toContain("VK1401");
  });

  it("shows what would be owned and writes nothing, and asks before it does", async () => {
    const me = await kubectlJson<{ status: { userInfo: { username: string } } }>(lab, "eks-prod", ["auth", "whoami"]);
    const since = new Date();
    const plan = await ours("adopt --dry-run");
    expect(plan.exitCode, plan.stderr).toBe(0);
    expect(plan.stdout + plan.stderr).toContain("auth/kubernetes");
    expect(plan.stdout + plan.stderr).toContain("ClusterSecretStore legacy");
    expect((await ours("adopt")).exitCode).toBe(64);
    expect(await kubeWritesSince(lab, "eks-prod", me.status.userInfo.username, since)).toEqual([]);
    const mount = await vaultAs(lab, "eks-prod", token, ["read", "-field=description", "sys/auth/kubernetes"]);
    expect(mount.stdout).toBe("made by hand");
  });

  it("puts the marks; then bootstrap goes through, and there is nothing left to plan", async () => {
    const adopted = await ours("adopt --yes");
    expect(adopted.exitCode, adopted.stderr).toBe(0);
    const again = await ours("adopt --yes -o json");
    expect((JSON.parse(again.stdout) as { changed: number }).changed, again.stderr).toBe(0);
    const bootstrap = await ours("bootstrap --yes");
    expect(bootstrap.exitCode, bootstrap.stderr).toBe(0);
    const plan = await ours("plan --detailed-exitcode");
    expect(plan.exitCode, plan.stdout + plan.stderr).toBe(0);
  });

  it("leaves the wiring of the same cluster that is ours as it is", async () => {
    const verify = await vaultK8s(lab, ["verify", "--cluster", "eks-prod"]);
    expect(verify.exitCode, verify.stderr).toBe(0);
  });
});

describe("adopt with nothing but the name of the cluster, a token, and Vault's address", () => {
  let env: Record<string, string>;
  const line = (command: string, more = ""): string => `vault-k8s ${command} --cluster eks-staging --vault-addr "$VAULT_ADDR" ${more}`;
  const byUs = (command: string, more = ""): Promise<Ran> => typed(lab, line(command, more), { env });

  beforeAll(async () => {
    env = { ...(await reach(lab, "eks-prod")), VAULT_TOKEN: await rootToken(lab, "eks-prod") };
    const made = await typed(lab, typedArticle(lab.charts.kes), { env });
    expect(made.exitCode, made.stderr).toBe(0);
  }, 180_000);
  afterAll(async () => {
    const undone = await typed(lab, untypedArticle, { env });
    expect(undone.exitCode, undone.stderr).toBe(0);
  }, 180_000);

  it("finds what was typed, and prints the file that says it", async () => {
    const { exitCode, stdout, stderr } = await byUs("adopt");
    expect(exitCode, stderr).toBe(0);
    for (const said of ["kind: kes", "mount: my-cluster", "name: shop-read", "mount: app-kv", "prefix: shop/", "serviceAccount: syncer"])
      expect(stdout).toContain(said);
    expect(stderr).toContain("its kubernetes_host is this cluster's");
  });

  it("with that file adopt and bootstrap go through, while the Secret stays and goes on being synced", async () => {
    const watched = `
kubectl --context eks-staging -n shop get secret db --watch --output-watch-events -o jsonpath='{.type} {.object.metadata.uid} {.object.data.password}{"\\n"}' > watched &
watch=$!
${line("adopt", "> typed.yaml")}
${line("adopt", "-f typed.yaml --yes")}
${line("bootstrap", "-f typed.yaml --yes")}
printf '{"data":{"user":"shop","password":"after"}}' | vault write app-kv/data/shop/db - > /dev/null
until grep -q "$(printf after | base64)" watched; do sleep 0.3; done
kill $watch
cat watched >&3`;
    const { exitCode, stdout, stderr } = await typed(lab, `exec 3>&1 1>&2\n${watched}`, { env });
    expect(exitCode, stderr).toBe(0);
    const seen = stdout
      .trim()
      .split("\n")
      .map((each) => each.split(" "));
    expect(new Set(seen.map(([type]) => type))).toEqual(new Set(["ADDED", "MODIFIED"]));
    expect(new Set(seen.map(([, uid]) => uid)).size).toBe(1);
    const plan = await byUs("plan", "-f typed.yaml --detailed-exitcode");
    expect(plan.exitCode, plan.stdout + plan.stderr).toBe(0);
  }, 240_000);
});
