import { expect } from "vitest";
import { mount, role, type Bench } from "./bench.ts";
import type { Fault } from "./fault.ts";

/** Takes the operator's way to a port away; returns how to give it back. */
async function blockOperator(bench: Bench, chain: "INPUT" | "FORWARD", port: string): Promise<() => Promise<void>> {
  const [address = ""] = await bench.podAddresses("external-secrets", "app.kubernetes.io/name=external-secrets");
  return bench.iptables([chain, "-s", address, "-p", "tcp", "--dport", port, "-j", "REJECT", "--reject-with", "tcp-reset"]);
}

/** Faults of the operator, and of Vault's servers. */
export const operatorFaults: readonly Fault[] = [
  {
    name: "fault that is mended, and the operator has not looked since",
    codes: ["VD94"],
    sure: "likely",
    breaks: async (bench) => {
      await role("bound_service_account_names=somebody")(bench);
      await bench.operatorSays("False", ["clustersecretstore/vault"]);
      const open = await blockOperator(bench, "INPUT", "6443");
      await role("bound_service_account_names=external-secrets")(bench);
      return open;
    },
  },
  {
    name: "operator scaled to zero",
    codes: ["VD91"],
    breaks: async (bench) =>
      void (await bench.kubectl("scale", "deployment", "external-secrets", "-n", "external-secrets", "--replicas=0")),
  },
  {
    name: "operator that finds no node",
    codes: ["VD92"],
    breaks: async (bench) => {
      const node = await bench.kubectl("get", "nodes", "-o", "jsonpath={.items[0].metadata.name}");
      await bench.kubectl("cordon", node);
      await bench.kubectl("delete", "pod", "-n", "external-secrets", "-l", "app.kubernetes.io/name=external-secrets");
      return async () => void (await bench.kubectl("uncordon", node));
    },
  },
  {
    name: "blocked port from the operator to Vault",
    codes: ["VD93"],
    breaks: async (bench) => {
      const open = await blockOperator(bench, "FORWARD", "8200");
      await bench.operatorSays("False", ["clustersecretstore/vault"]);
      return open;
    },
  },
  {
    name: "pods of an earlier revision",
    codes: ["VD06"],
    breaks: async (bench) => {
      const template = { metadata: { annotations: { "example.com/changed": "by hand" } } };
      await bench.kubectl("patch", "statefulset/vault", "-n", "vault", "--type", "merge", "-p", JSON.stringify({ spec: { template } }));
      const revisions = "jsonpath={.status.currentRevision} {.status.updateRevision}";
      await expect
        .poll(() => bench.kubectl("get", "statefulset/vault", "-n", "vault", "-o", revisions), { timeout: 30_000 })
        .not.toMatch(/^(\S+) \1$/);
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
