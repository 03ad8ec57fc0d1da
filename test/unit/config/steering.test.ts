import { expect, it } from "vitest";
import { parseConfig } from "../../../src/config/parse.ts";
import { decidedByFile, digestOf, steeredBy, steeringFields } from "../../../src/config/steering.ts";
import { table } from "../../../src/config/keys.ts";
import { resolved } from "./folder.ts";

const steered = (yaml: string) => {
  return steeredBy(parseConfig(yaml, "f"));
};

it("programs, places of keys and tokens, and what runs with the cluster's rights", () => {
  const keys = steeringFields.map((name) => table[name].key);
  for (const key of [
    "helm",
    "keys.command",
    "keys.readCommand",
    "keys.kubernetesSecret",
    "keys.file",
    "vault.addr",
    "vault.nodes",
    "vault.context",
  ])
    expect(keys).toContain(key);
  for (const key of [
    "vault.caCert",
    "vault.tokenFile",
    "vault.insecureNoTls",
    "vault.consumerAddr",
    "vault.chart",
    "vault.chartRepo",
    "vault.values",
    "vault.set",
  ])
    expect(keys).toContain(key);
  for (const key of ["operator.chart", "operator.chartRepo", "operator.values", "operator.set"]) expect(keys).toContain(key);
  for (const key of ["cluster", "namespace", "kv.prefix", "vault.replicas", "role.name"]) expect(keys).not.toContain(key);
});

it("the digest is over these settings alone, wherever in the file they stand", () => {
  const one = digestOf(steered("helm: h\nvault: { addr: https://v:8200 }\nclusters: { a: { vault: { addr: https://a:8200 } } }\n"));
  expect(
    digestOf(
      steered(
        "# more\nclusters: { a: { namespace: x, vault: { addr: https://a:8200 } } }\nvault: { addr: https://v:8200, replicas: 5 }\nhelm: h\n",
      ),
    ),
  ).toBe(one);
  for (const other of [
    "helm: other\nvault: { addr: https://v:8200 }\nclusters: { a: { vault: { addr: https://a:8200 } } }\n",
    "helm: h\nvault: { addr: https://v:8200 }\nclusters: { b: { vault: { addr: https://a:8200 } } }\n",
    "helm: h\nvault: { addr: https://v:8200, set: [a=b] }\nclusters: { a: { vault: { addr: https://a:8200 } } }\n",
  ])
    expect(digestOf(steered(other))).not.toBe(one);
});

it("the lines before the first write say which of them a file decides", async () => {
  const { origins } = await resolved({ yaml: "helm: h\nvault: { addr: https://v:8200, replicas: 5 }\n", flags: { helm: "other" } });
  expect(decidedByFile(origins)).toBe("vault-k8s.yaml: vault.addr");
  expect(decidedByFile((await resolved({ yaml: "vault: { replicas: 5 }\n" })).origins)).toBeUndefined();
});
