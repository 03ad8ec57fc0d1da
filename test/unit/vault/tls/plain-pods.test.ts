import { beforeEach, describe, expect, it } from "vitest";
import type { KubeObject, ObjectRef, SealStatus, VaultNode, Writers } from "../../../../src/systems/world.ts";
import { CliError } from "../../../../src/core/errors.ts";
import { failure, kinds } from "../../../../src/errors.ts";
import { needsToReplace, replacePlain } from "../../../../src/vault/tls/plain-pods.ts";
import { servedCertificate } from "../../../../src/vault/tls/served.ts";
import { same } from "../../../../src/core/resource.ts";

/** A pod of Vault in memory. */
interface Pod {
  uid: number;
  scheme: "http" | "https";
  state: "unsealed" | "sealed" | "uninitialised" | "silent";
  keys: string[];
}

const names = ["vault-0", "vault-1", "vault-2"];
let pods: Map<string, Pod>;
/** What the StatefulSet makes of a pod that is deleted. */
let configured: "http" | "https";
let made: "http" | "https";
let leader: string;
let custody: Partial<Writers["keys"]>;
let auto: boolean;
/** A pod that was deleted and not made again. */
let notMade: string | undefined;
/** Deletions and unseals, with the state of the others at that moment. */
let done: string[];

beforeEach(() => {
  pods = new Map(names.map((name) => [name, { uid: 1, scheme: "http", state: "unsealed", keys: [] }]));
  [configured, made, leader, auto, done] = ["https", "https", "vault-0", false, []];
  custody = {};
  notMade = undefined;
});

const podOf = ({ name }: { readonly name: string }): Pod => pods.get(name)!;
const nodeOf = (name: string): VaultNode => ({
  name,
  phase: "Running",
  peerAddress: `${podOf({ name }).scheme}://${name}.vault-internal:8200`,
});

function sealOf(node: VaultNode): SealStatus {
  const { state, keys } = podOf(node);
  if (state === "silent") throw failure(kinds.vaultUnreachable, { what: `${node.name} does not answer` });
  const facts = { type: "shamir", t: 2, n: 3, version: "1.21.0", progress: keys.length, recovery_seal: auto };
  return { ...facts, initialized: state !== "uninitialised", sealed: state !== "unsealed", cluster_id: "one" };
}

function remove({ name }: ObjectRef): void {
  const others = names.filter((other) => other !== name).map((other) => podOf({ name: other }).state);
  done.push(`${name} deleted, others ${[...new Set(others)].join(" and ")}`);
  const { uid, state } = podOf({ name });
  if (name === leader) leader = names.find((other) => other !== name && podOf({ name: other }).state === "unsealed") ?? "";
  pods.set(name, { uid: uid + 1, scheme: made, state: state === "unsealed" ? (auto ? "unsealed" : "sealed") : state, keys: [] });
}

function unseal(node: VaultNode, key: string): SealStatus {
  const pod = podOf(node);
  pod.keys.push(key);
  if (new Set(pod.keys).size === 2) {
    pod.state = "unsealed";
    done.push(`${node.name} unsealed over ${pod.scheme}`);
  }
  return sealOf(node);
}

const keys = { unseal_keys_b64: ["a", "b", "c"], unseal_threshold: 2 };
const template = () => ({ spec: { containers: [{ env: [{ name: "VAULT_ADDR", value: `${configured}://127.0.0.1:8200` }] }] } });

function world(): Writers {
  const leads = () => (leader !== "" && podOf({ name: leader }).state === "unsealed" ? leader : "");
  const vaultKube = { context: "prod" };
  return {
    vaultKube,
    kube: {
      ...vaultKube,
      get: ({ kind, name }: ObjectRef) =>
        Promise.resolve(
          (kind === "Pod"
            ? { metadata: { name, uid: String(podOf({ name }).uid) } }
            : { metadata: { name }, spec: { replicas: names.length, template: template() } }) as KubeObject,
        ),
      remove: (ref: ObjectRef) => Promise.resolve(remove(ref)),
    },
    nodes: {
      nodes: () => Promise.resolve(names.filter((name) => name !== notMade).map(nodeOf)),
      sealStatus: (node: VaultNode) => new Promise((resolve) => resolve(sealOf(node))),
      certificate: () => Promise.resolve(undefined),
      unseal: (node: VaultNode, key: string) => Promise.resolve(unseal(node, key)),
      leader: ({ name }: VaultNode) => Promise.resolve({ ha_enabled: true, is_self: leads() === name, leader_address: leads() }),
    },
    keys: {
      read: () => Promise.resolve(keys),
      describe: () => "init.json",
      underWay: () => Promise.resolve(undefined),
      vaultClusterId: () => Promise.resolve("one"),
      learnVaultClusterId: () => Promise.resolve(),
      ...custody,
    },
  } as unknown as Writers;
}

const replaced = (): Promise<void> =>
  replacePlain({ write: world(), withinMs: 600, say: () => undefined }, { namespace: "vault", release: "vault" });

async function refused(code: string = kinds.tlsStillPlain.code): Promise<CliError> {
  const error = await replaced().catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(CliError);
  expect((error as CliError).kind.code).toBe(code);
  return error as CliError;
}

describe("pods that speak http", () => {
  it("are replaced one at a time, the leader last, each unsealed before the next", async () => {
    await replaced();
    expect(done).toEqual(
      ["vault-1", "vault-2", "vault-0"].flatMap((name) => [`${name} deleted, others unsealed`, `${name} unsealed over https`]),
    );
    done = [];
    await replaced();
    expect(done).toEqual([]);
  });

  it("are not touched before a pod that an interrupted run left sealed is unsealed", async () => {
    pods.set("vault-2", { uid: 2, scheme: "https", state: "sealed", keys: [] });
    await replaced();
    expect(done[0]).toBe("vault-2 unsealed over https");
    expect(done.filter((line) => line.includes("deleted"))).toEqual([
      "vault-1 deleted, others unsealed",
      "vault-0 deleted, others unsealed",
    ]);
  });

  it("that are empty, or unseal themselves, are given no key", async () => {
    auto = true;
    await replaced();
    for (const pod of pods.values()) [pod.scheme, pod.state] = ["http", "uninitialised"];
    auto = false;
    custody = { read: () => Promise.resolve(undefined) };
    await replaced();
    expect(done).toHaveLength(6);
    expect(done.join()).not.toContain("over");
    expect([...pods.values()].map(({ scheme }) => scheme)).toEqual(["https", "https", "https"]);
  });

  it.each<[string, () => void, RegExp, string?]>([
    ["where they would come back as they were", () => void (configured = "http"), /configured.*vault-k8s install/],
    [
      "where nobody here can unseal them; it is said how to do it by hand",
      () => void (custody = { read: () => Promise.resolve({ ...keys, unseal_keys_b64: [] } as never) }),
      /0 of the 2.*kubectl --context prod delete pod vault-1 -n vault; until .*; vault-k8s operator unseal/s,
    ],
    ["while another pod is not there", () => void (notMade = "vault-1"), /vault-1 is unreachable .its pod is not there/],
    [
      "while the keys are those of another Vault",
      () => void (custody = { vaultClusterId: () => Promise.resolve("another") }),
      /two Vault clusters.*the keys in another/,
      kinds.splitBrain.code,
    ],
    ["while another pod does not answer", () => void (podOf({ name: "vault-1" }).state = "silent"), /vault-1 is unreachable/],
    [
      "while an init was not brought to its end",
      () => void (custody = { underWay: () => Promise.resolve({ node: "vault-0", since: undefined, sent: true, seen: undefined }) }),
      /vault-k8s operator init/,
    ],
  ])("are not deleted %s", async (_, given, words, code = kinds.tlsStillPlain.code as string) => {
    given();
    const { message, why, fix } = await refused(code);
    expect([message, why, fix].join("\n")).toMatch(new RegExp(words.source, "s"));
    expect(done).toEqual([]);
  });

  it("of which one comes back as it was: it is unsealed, and the others stay", async () => {
    made = "http";
    await refused();
    expect(done).toEqual(["vault-1 deleted, others unsealed", "vault-1 unsealed over http"]);
  });

  it("stand in the plan, in what is needed, and in the script, which does not go on with them", async () => {
    const resource = servedCertificate({
      namespace: "vault",
      release: "vault",
      secret: "vault-tls",
      withinMs: 600,
      refuses: () => Promise.resolve(undefined),
      certificate: { id: "made", diff: () => Promise.resolve(same()), apply: () => Promise.resolve(), command: () => ({ lines: "" }) },
    });
    podOf({ name: "vault-0" }).scheme = "https";
    const diff = await resource.diff(world());
    expect(diff).toMatchObject({
      kind: "update",
      changes: ["vault-1", "vault-2"].map((field) => ({ field, before: "speaks http" })),
    });
    const deletes = async () => (await needsToReplace(world(), "vault")).filter((need) => "verb" in need && need.verb === "delete");
    const script = async () => (await resource.command(world())).lines;
    custody = { read: () => Promise.resolve(undefined) };
    expect(await resource.diff(world())).toMatchObject({
      changes: [{ after: expect.stringContaining("for you to replace") as string }, {}],
    });
    expect([await deletes(), await script()]).toEqual([
      [expect.objectContaining({ resource: "pods" })],
      expect.stringContaining("exit 1") as string,
    ]);
    for (const pod of pods.values()) pod.scheme = "https";
    expect([await deletes(), await script()]).toEqual([[], expect.not.stringContaining("exit 1") as string]);
  });
});
