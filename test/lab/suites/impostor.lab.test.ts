import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { waitFor } from "../machine/wait.ts";
import { kubectl, theLab, vaultK8s } from "../testing/product.ts";

// eks-prod is wired; its ExternalSecret goes, since an operator that looks for a secret asks every pod with the labels of the active Vault. A pod with Vault's labels says that it is the active Vault, speaks http, and writes down what it hears.
const lab = theLab();
const context = "eks-prod";
const cluster = ["--cluster", context];
const name = "aa-impostor";

const answer = JSON.stringify({
  type: "shamir",
  initialized: true,
  sealed: true,
  standby: false,
  t: 3,
  n: 5,
  progress: 0,
  version: "1.21.0",
});
const listens = `while true; do printf 'HTTP/1.1 200 OK\\r\\nContent-Type: application/json\\r\\nContent-Length: ${answer.length}\\r\\nConnection: close\\r\\n\\r\\n${answer}' | nc -l -p 8200; done`;

const pod = {
  apiVersion: "v1",
  kind: "Pod",
  metadata: {
    name,
    namespace: "vault",
    labels: { "app.kubernetes.io/name": "vault", "app.kubernetes.io/instance": "vault", component: "server", "vault-active": "true" },
  },
  spec: {
    terminationGracePeriodSeconds: 1,
    containers: [
      {
        name: "vault",
        image: "docker.io/library/busybox:1.35",
        imagePullPolicy: "IfNotPresent",
        command: ["sh", "-c", listens],
        env: [{ name: "VAULT_ADDR", value: "http://127.0.0.1:8200" }],
        ports: [{ name: "http", containerPort: 8200 }],
        // What the chart's Service sends to it would be heard too.
        readinessProbe: { exec: { command: ["false"] } },
      },
    ],
  },
};

const heard = (): Promise<string> => kubectl(lab, context, ["logs", name, "-n", "vault"]);

describe("a pod with the labels of Vault's", () => {
  beforeAll(async () => {
    await kubectl(lab, context, ["delete", "externalsecrets", "--all", "-n", "default"]);
    await kubectl(lab, context, ["apply", "-f", "-"], { input: JSON.stringify(pod) });
    await waitFor("the impostor runs", 60, async () =>
      (await kubectl(lab, context, ["get", "pod", name, "-n", "vault", "-o", "jsonpath={.status.phase}"])).includes("Running"),
    );
  });
  afterAll(() => kubectl(lab, context, ["delete", "pod", name, "-n", "vault", "--ignore-not-found"]));

  it("is named by status and by unseal, and is no Vault to either", async () => {
    const { stdout } = await vaultK8s(lab, ["status", ...cluster, "-o", "json"]);
    const [shown] = (JSON.parse(stdout) as { clusters: { nodes: { name: string }[]; ignoredPods?: string[] }[] }).clusters;
    expect([shown?.nodes.map((node) => node.name), shown?.ignoredPods]).toEqual([["vault-0", "vault-1", "vault-2"], [name]]);
    const unseal = await vaultK8s(lab, ["operator", "unseal", ...cluster]);
    expect([unseal.exitCode, unseal.stderr.match(new RegExp(`pod ${name} is ignored`, "g"))?.length], unseal.stderr).toEqual([0, 1]);
  });

  it("gets no key when a pod of Vault's is sealed, and no token from a bootstrap", async () => {
    await kubectl(lab, context, ["delete", "pod", "vault-2", "-n", "vault", "--grace-period=1"]);
    for (const command of [["operator", "unseal"], ["bootstrap"]]) {
      const { exitCode, stderr } = await vaultK8s(lab, [...command, ...cluster]);
      expect(exitCode, stderr).toBe(0);
    }
    expect(await heard()).toBe("");
  });
});
