import { generateKeyPairSync } from "node:crypto";
import { mint, serverAudience } from "../testing/mint.ts";
import { kubectl } from "../testing/product.ts";
import { cluster, mount, role, type Bench } from "./bench.ts";
import type { Fault } from "./fault.ts";

const reviewer = { namespace: "vault-k8s", account: "vault-reviewer", audience: serverAudience };
const hour = 3600;

/** A mount made anew: its config and its roles are gone. */
async function remount(bench: Bench, type: string, ...flags: readonly string[]): Promise<void> {
  await bench.vault(["auth", "disable", mount]);
  await bench.vault(["auth", "enable", `-path=${mount}`, ...flags, type]);
}

/** Doctor gave the cluster a path of its own; the next fault finds it at its old one. */
async function atItsOldPath(bench: Bench): Promise<void> {
  await bench.vault(["auth", "disable", mount]);
  await bench.vault(["auth", "disable", `${mount}-eks-prod`]);
  await bench.kubectl("delete", "clusterrolebinding", `vault-k8s-${mount}-eks-prod-auth-delegator`);
  const { exitCode, stderr } = await bench.type("vault-k8s bootstrap --cluster eks-prod --secret demo");
  if (exitCode !== 0) throw new Error(stderr);
}

/** Faults on the way of a login, in Vault and in the cluster whose tokens it reviews. */
export const loginFaults: readonly Fault[] = [
  {
    name: "deleted binding",
    codes: ["VD40"],
    breaks: async (bench) => void (await bench.kubectl("delete", "clusterrolebinding", `vault-k8s-${mount}-auth-delegator`)),
  },
  {
    name: "binding that binds another account",
    codes: ["VD40"],
    breaks: async (bench) =>
      void (await bench.kubectl(
        "patch",
        "clusterrolebinding",
        `vault-k8s-${mount}-auth-delegator`,
        "--type",
        "merge",
        "-p",
        '{"subjects":[{"kind":"ServiceAccount","name":"default","namespace":"default"}]}',
      )),
  },
  {
    name: "wrong reviewer",
    codes: ["VD42"],
    breaks: async (bench) =>
      bench.config({ token_reviewer_jwt: (await bench.kubectl("create", "token", "default", "-n", "default")).trim() }),
  },
  {
    name: "expired reviewer token",
    codes: ["VD42"],
    breaks: async (bench) =>
      bench.config({ token_reviewer_jwt: await mint(bench.lab, cluster, { ...reviewer, expiresIn: -hour, beginsIn: -2 * hour }) }),
  },
  {
    name: "reviewer token from the future",
    codes: ["VD42"],
    breaks: async (bench) =>
      bench.config({ token_reviewer_jwt: await mint(bench.lab, cluster, { ...reviewer, expiresIn: 2 * hour, beginsIn: hour }) }),
  },
  { name: "no reviewer token", codes: ["VD14"], breaks: (bench) => bench.config({ token_reviewer_jwt: undefined }) },
  {
    name: "reviewer deleted and made again",
    codes: ["VD41"],
    breaks: async (bench) => {
      await bench.kubectl("delete", "serviceaccount", "vault-reviewer", "-n", "vault-k8s");
      await bench.kubectl("wait", "--for=delete", "secret/vault-reviewer-token", "-n", "vault-k8s", "--timeout=60s");
      await bench.kubectl("create", "serviceaccount", "vault-reviewer", "-n", "vault-k8s");
      await bench.operatorSays("False", ["clustersecretstore/vault"]);
    },
  },
  { name: "wrong CA", codes: ["VD52"], breaks: async (bench) => bench.config({ kubernetes_ca_cert: await bench.otherCa() }) },
  { name: "wrong host: nothing listens", codes: ["VD51"], breaks: (bench) => bench.config({ kubernetes_host: "https://10.20.0.1:9" }) },
  {
    name: "wrong host: another cluster's",
    codes: ["VD51"],
    breaks: (bench) => bench.config({ kubernetes_host: "https://10.20.1.1:6443" }),
  },
  {
    name: "wrong host: no name of the certificate",
    codes: ["VD51"],
    breaks: (bench) => bench.config({ kubernetes_host: "https://10.22.0.1:6443" }),
  },
  {
    name: "host that the settings say, and the certificate does not",
    codes: ["VD53"],
    flags: ["--kubernetes-host", "https://10.22.0.1:6443"],
    breaks: (bench) => bench.config({ kubernetes_host: "https://10.22.0.1:6443" }),
    after: (bench) => bench.config({}),
  },
  { name: "host without a scheme", codes: ["VD50"], breaks: (bench) => bench.config({ kubernetes_host: "kubernetes.default.svc" }) },
  {
    name: "keys that are not the cluster's",
    codes: ["VD31"],
    breaks: (bench) =>
      bench.config({ pem_keys: [generateKeyPairSync("rsa", { modulusLength: 2048 }).publicKey.export({ type: "spki", format: "pem" })] }),
  },
  {
    name: "issuer of another cluster",
    codes: ["VD30"],
    breaks: (bench) => bench.config({ disable_iss_validation: false, issuer: "https://elsewhere.example" }),
  },
  {
    name: "missing role",
    codes: ["VD20"],
    breaks: async (bench) => void (await bench.vault(["delete", `auth/${mount}/role/external-secrets`])),
  },
  { name: "role of another account", codes: ["VD21"], breaks: role("bound_service_account_names=somebody") },
  { name: "wrong namespace", codes: ["VD22"], breaks: role("bound_service_account_namespaces=default") },
  { name: "wrong audience", codes: ["VD23"], breaks: role("audience=somebody-else") },
  {
    name: "role for other addresses",
    codes: ["VD24"],
    breaks: async (bench) =>
      role("token_bound_cidrs=192.0.2.0/24")(bench).then(() => bench.operatorSays("False", ["clustersecretstore/vault"])),
  },
  { name: "auth method disabled", codes: ["VD10"], breaks: async (bench) => void (await bench.vault(["auth", "disable", mount])) },
  { name: "auth method made anew by hand", codes: ["VD13"], breaks: (bench) => remount(bench, "kubernetes") },
  {
    name: "blocked port from Vault to the API server",
    codes: ["VD54"],
    probePod: true,
    // All pods but the operator's; REJECT, so that also Vault's open connection breaks.
    breaks: async (bench) => {
      const block = await bench.iptables([
        "INPUT",
        "-s",
        "10.22.0.0/16",
        "-p",
        "tcp",
        "--dport",
        "6443",
        "-j",
        "REJECT",
        "--reject-with",
        "tcp-reset",
      ]);
      const open = await Promise.all(
        (await bench.podAddresses("external-secrets", "app.kubernetes.io/instance=external-secrets")).map((address) =>
          bench.iptables(["INPUT", "-s", address, "-p", "tcp", "--dport", "6443", "-j", "ACCEPT"]),
        ),
      );
      return async () => void (await Promise.all([block, ...open].map((take) => take())));
    },
  },
  {
    name: "auth method of another cluster",
    codes: ["VD11"],
    breaks: async (bench) => {
      const uid = await kubectl(bench.lab, "eks-staging", ["get", "namespace", "kube-system", "-o", "jsonpath={.metadata.uid}"]);
      await remount(bench, "kubernetes", `-description=managed by vault-k8s, cluster ${uid}`);
      await bench.config({ kubernetes_host: "https://10.20.1.1:6443" });
    },
    after: atItsOldPath,
  },
  {
    name: "another auth method at the path",
    codes: ["VD12"],
    breaks: (bench) => remount(bench, "userpass"),
    after: atItsOldPath,
  },
];
