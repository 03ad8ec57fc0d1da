import { expect, test } from "vitest";
import { insideChecks, type ProvenInside } from "../../../src/run/verify/inside.ts";
import { specFrom } from "../spec.ts";
import type { KubeObject, PodOutcome, Readers } from "../../../src/systems/world.ts";

const { vault, wiring, consumers } = await specFrom({
  cluster: "a",
  kvPrefix: "k8s/a/",
  roleName: "eso",
  boundServiceAccounts: ["eso"],
  boundNamespaces: ["apps"],
});
const proven: ProvenInside = {
  authMount: wiring.authMount,
  login: consumers[0].login,
  kv: wiring.kv,
  vault,
  image: "img",
  withinMs: 1000,
};

/** What the checks find where each account's pod says what `says` says. */
async function found(says: (account: string) => PodOutcome, given: Partial<ProvenInside> = {}): Promise<string[]> {
  const pods: KubeObject[] = [];
  const read = {
    where: {
      vaultIs: "address",
      consumerCa: () => Promise.resolve(undefined),
      consumerAddress: () => Promise.resolve("https://vault:8200"),
    },
    kube: {
      apis: () => Promise.resolve(["v1"]),
      runPod: (pod: KubeObject) => {
        pods.push(pod);
        const { serviceAccountName } = pod["spec"] as { serviceAccountName: string };
        return Promise.resolve(says(`${pod.metadata.namespace ?? ""}/${serviceAccountName}`));
      },
    },
  } as unknown as Readers;
  const all = insideChecks({ ...proven, ...given });
  const lines: string[] = [];
  for (const check of all) {
    const finding = await check.run(read);
    lines.push(finding.kind === "pass" ? "pass" : finding.reason);
  }
  expect(pods.length).toBe(3);
  expect(new Set(pods.map(({ metadata }) => metadata.name)).size).toBe(3);
  return lines;
}

const well = (account: string): PodOutcome =>
  account === "apps/eso"
    ? { exitCode: 0, message: "login ok\nown absent\nother-0 denied Error: * permission denied\nother-1 denied\nother-2 denied" }
    : { exitCode: 0, message: "login denied Code: 403. Errors: * permission denied" };

test("a wiring that holds passes every proof, with one pod for each account", async () => {
  expect(await found(well)).toEqual(["pass", "pass", "pass", "pass"]);
});

test.each<[string, (account: string) => PodOutcome, number, RegExp]>([
  ["refused", () => ({ exitCode: 0, message: "login denied Code: 403" }), 0, /refuses the login from a pod: Code: 403/],
  ["without an answer", () => ({ exitCode: 0, message: "login failed dial tcp: i/o timeout" }), 0, /could not log in: dial tcp/],
  ["that cannot start", () => ({ message: "ErrImagePull: not found" }), 0, /told nothing: ErrImagePull/],
  ["that may read too much", () => ({ exitCode: 0, message: "login ok\nown absent\nother-0 absent" }), 1, /outside of its prefix/],
  [
    "that may read what begins as its prefix does",
    () => ({ exitCode: 0, message: "login ok\nown ok\nother-0 denied\nother-1 absent\nother-2 denied" }),
    1,
    /may read kv\/data\/k8s\/a-vault-k8s-probe/,
  ],
  [
    "that does not tell of all that it tried",
    () => ({ exitCode: 0, message: "login ok\nown ok\nother-0 denied\nother-1 denied" }),
    1,
    /did not refuse kv\/data\/k8s\/vault-k8s-probe.*told nothing/,
  ],
  [
    "that may not read its own",
    () => ({ exitCode: 0, message: "login ok\nown denied 403\nother-0 denied" }),
    1,
    /may not read kv\/data\/k8s\/a\//,
  ],
  [
    "of another namespace that gets in",
    () => ({ exitCode: 0, message: "login ok\nown ok\nother-0 denied" }),
    2,
    /default\/default could log in/,
  ],
  ["of another account that gets no answer", () => ({ message: "" }), 3, /did not refuse apps\/default/],
])("a pod %s is told", async (_, says, index, words) => {
  expect((await found(says))[index]).toMatch(words);
});
