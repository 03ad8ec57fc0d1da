import { expect } from "vitest";
import { mount, type Bench, type Fault } from "./bench.ts";

const secret = '{"user":"a","password":"b"}';
const failing = (bench: Bench): Promise<void> => bench.operatorSays("False", ["externalsecret/demo"]);

/** Faults of Vault itself, behind the login, and of the operator. */
export const otherFaults: readonly Fault[] = [
  { name: "policy without data/", codes: ["VD64"], breaks: (bench) => bench.policy((text) => text.replaceAll("kv/data/", "kv/")) },
  { name: "deleted policy", codes: ["VD63"], breaks: async (bench) => void (await bench.vault(["policy", "delete", `${mount}-read`])) },
  {
    name: "KV version 1",
    codes: ["VD61"],
    breaks: async (bench) => {
      await bench.vault(["secrets", "disable", "kv"]);
      await bench.vault(["secrets", "enable", "-version=1", "-path=kv", "kv"]);
      await bench.vault(["kv", "put", "-mount=kv", "k8s/eks-prod/demo", "-"], secret);
    },
  },
  {
    name: "nothing at the path",
    codes: ["VD83"],
    input: secret,
    breaks: async (bench) => bench.vault(["kv", "metadata", "delete", "-mount=kv", "k8s/eks-prod/demo"]).then(() => failing(bench)),
  },
  {
    name: "store of another auth method",
    codes: ["VD72"],
    breaks: (bench) => bench.store({ auth: { kubernetes: { mountPath: "k8s-eks-staging" } } }),
  },
  { name: "store of another role", codes: ["VD73"], breaks: (bench) => bench.store({ auth: { kubernetes: { role: "somebody" } } }) },
  {
    name: "store of an account that is not there",
    codes: ["VD74"],
    breaks: (bench) => bench.store({ auth: { kubernetes: { serviceAccountRef: { name: "somebody" } } } }),
  },
  {
    name: "store of another audience",
    codes: ["VD75"],
    breaks: (bench) => bench.store({ auth: { kubernetes: { serviceAccountRef: { audiences: ["somebody-else"] } } } }),
  },
  {
    name: "wrong store path",
    codes: ["VD76"],
    breaks: async (bench) => {
      await bench.kubectl(
        "patch",
        "clustersecretstore/vault",
        "--type",
        "merge",
        "-p",
        '{"spec":{"provider":{"vault":{"path":"secret"}}}}',
      );
      await failing(bench);
    },
  },
  { name: "deleted store", codes: ["VD70"], breaks: async (bench) => void (await bench.kubectl("delete", "clustersecretstore", "vault")) },
  { name: "ExternalSecret of another store", codes: ["VD81"], breaks: (bench) => bench.external({ secretStoreRef: { name: "other" } }) },
  {
    name: "ExternalSecret of another path",
    codes: ["VD82"],
    breaks: (bench) => bench.external({ dataFrom: [{ extract: { key: "k8s/eks-prod/other" } }] }),
  },
  {
    name: "operator scaled to zero",
    codes: ["VD91"],
    breaks: async (bench) =>
      void (await bench.kubectl("scale", "deployment", "external-secrets", "-n", "external-secrets", "--replicas=0")),
  },
  {
    name: "blocked port from the operator to Vault",
    codes: ["VD93"],
    breaks: async (bench) => {
      const [address = ""] = await bench.podAddresses("external-secrets", "app.kubernetes.io/name=external-secrets");
      const open = await bench.iptables([
        "FORWARD",
        "-s",
        address,
        "-p",
        "tcp",
        "--dport",
        "8200",
        "-j",
        "REJECT",
        "--reject-with",
        "tcp-reset",
      ]);
      await bench.operatorSays("False", ["clustersecretstore/vault"]);
      return open;
    },
  },
  { name: "sealed", codes: ["VD04"], breaks: (bench) => bench.restart("vault-0", "vault-1", "vault-2") },
  {
    name: "standbys without an active one",
    codes: ["VD05"],
    breaks: async (bench) => {
      const pods = ["vault-0", "vault-1", "vault-2"];
      const active = await bench.kubectl(
        "get",
        "pods",
        "-n",
        "vault",
        "-l",
        "vault-active=true",
        "-o",
        "jsonpath={.items[0].metadata.name}",
      );
      await bench.restart(...pods.filter((pod) => pod !== active));
      // The one that was active notices a moment later that nobody follows it.
      await expect
        .poll(() => bench.kubectl("get", "pods", "-n", "vault", "-l", "vault-active=true", "-o", "name"), { timeout: 60_000 })
        .toBe("");
    },
  },
  {
    name: "two faults: no binding, and the operator scaled to zero",
    codes: ["VD40", "VD91"],
    breaks: async (bench) => {
      await bench.kubectl("delete", "clusterrolebinding", `vault-k8s-${mount}-auth-delegator`);
      await bench.kubectl("scale", "deployment", "external-secrets", "-n", "external-secrets", "--replicas=0");
    },
  },
  {
    name: "two faults: no role, and behind it a policy without data/",
    codes: ["VD20"],
    behind: ["VD64"],
    breaks: async (bench) => {
      await bench.policy((text) => text.replaceAll("kv/data/", "kv/"));
      await bench.vault(["delete", `auth/${mount}/role/external-secrets`]);
    },
  },
];
