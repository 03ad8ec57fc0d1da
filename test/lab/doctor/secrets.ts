import { kubectl } from "../testing/product.ts";
import { cluster, mount, role, type Bench } from "./bench.ts";
import { demo, type Fault } from "./fault.ts";

const failing = (bench: Bench): Promise<void> => bench.operatorSays("False", ["externalsecret/demo"]);

/** Faults behind the login: policy, engine, store and ExternalSecret. */
export const secretFaults: readonly Fault[] = [
  { name: "policy without data/", codes: ["VD64"], breaks: (bench) => bench.policy((text) => text.replaceAll("kv/data/", "kv/")) },
  { name: "deleted policy", codes: ["VD63"], breaks: async (bench) => void (await bench.vault(["policy", "delete", `${mount}-read`])) },
  {
    name: "policy of another prefix",
    codes: ["VD65"],
    breaks: (bench) => bench.policy((text) => text.replaceAll("k8s/eks-prod/", "k8s/eks-staging/")),
  },
  { name: "role without the policy", codes: ["VD62"], breaks: role("token_policies=default") },
  {
    name: "KV version 1",
    codes: ["VD61"],
    breaks: async (bench) => {
      await bench.vault(["secrets", "disable", "kv"]);
      await bench.vault(["secrets", "enable", "-version=1", "-path=kv", "kv"]);
      await bench.vault(["kv", "put", "-mount=kv", "k8s/eks-prod/demo", "-"], demo);
    },
  },
  {
    name: "template that is broken",
    codes: ["VD88"],
    breaks: async (bench) => {
      await bench.external({ target: { template: { data: { broken: "{{ .user | nosuchfunction }}" } } } });
      await failing(bench);
    },
    editor: "sed -i s/.|.nosuchfunction//g",
    after: async (bench) =>
      void (await bench.kubectl(
        "patch",
        "externalsecret/demo",
        "--type",
        "json",
        "-p",
        '[{"op":"remove","path":"/spec/target/template"}]',
      )),
  },
  {
    name: "nothing at the path",
    codes: ["VD83"],
    input: demo,
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
    breaks: (bench) => bench.patchStore({ path: "secret" }).then(() => failing(bench)),
  },
  {
    name: "store of KV version 1",
    codes: ["VD77"],
    breaks: (bench) => bench.patchStore({ version: "v1" }).then(() => failing(bench)),
  },
  // The operator's events tell of the next two, and Kubernetes takes few of one object: a new store has none yet.
  { name: "deleted store", codes: ["VD70"], breaks: async (bench) => void (await bench.kubectl("delete", "clustersecretstore", "vault")) },
  { name: "store of another address", codes: ["VD71"], breaks: (bench) => bench.store({ server: "https://10.20.0.1:9" }) },
  {
    name: "store with another CA",
    codes: ["VD78"],
    breaks: async (bench) => bench.store({ caBundle: Buffer.from(await bench.otherCa()).toString("base64") }),
  },
  { name: "ExternalSecret of another store", codes: ["VD81"], breaks: (bench) => bench.external({ secretStoreRef: { name: "other" } }) },
  {
    name: "ExternalSecret of another path",
    codes: ["VD82"],
    breaks: (bench) => bench.external({ dataFrom: [{ extract: { key: "k8s/eks-prod/other" } }] }),
  },
  {
    name: "ExternalSecret of another key",
    codes: ["VD84"],
    input: "secret",
    breaks: (bench) => bench.external({ data: [{ secretKey: "token", remoteRef: { key: "k8s/eks-prod/demo", property: "token" } }] }),
    after: async (bench) =>
      void (await bench.kubectl("patch", "externalsecret/demo", "--type", "json", "-p", '[{"op":"remove","path":"/spec/data"}]')),
  },
  {
    name: "ExternalSecret of another cluster's prefix",
    codes: ["VD85"],
    editor: "sed -i s,k8s/eks-staging/,k8s/eks-prod/,g",
    breaks: async (bench) => {
      const spec = {
        secretStoreRef: { kind: "ClusterSecretStore", name: "vault" },
        dataFrom: [{ extract: { key: "k8s/eks-staging/demo" } }],
      };
      const other = { apiVersion: "external-secrets.io/v1", kind: "ExternalSecret", metadata: { name: "other" }, spec };
      await kubectl(bench.lab, cluster, ["apply", "-f", "-"], { input: JSON.stringify(other) });
      await bench.kubectl("wait", "externalsecret/other", "--for=condition=Ready=False", "--timeout=60s");
    },
    after: async (bench) => void (await bench.kubectl("delete", "externalsecret/other")),
  },
];
