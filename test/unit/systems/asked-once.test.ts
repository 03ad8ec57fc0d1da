import { describe, expect, test } from "vitest";
import { Looks, type Answers } from "../../../src/systems/asked-once/answers.ts";
import { keptHelm } from "../../../src/systems/asked-once/helm.ts";
import { keptIn, type Asked } from "../../../src/systems/asked-once/kept.ts";
import { keptKube } from "../../../src/systems/asked-once/kube.ts";
import { keptNodes, keptVault } from "../../../src/systems/asked-once/vault.ts";
import type { HelmWriter, KubeWriter, NodesWriter, VaultWriter } from "../../../src/systems/world.ts";

interface Counting<W> {
  readonly client: W;
  readonly asked: string[];
}

/** A client that answers each question with how many were asked before, and remembers them. */
function counting<W extends object>(fixed: Partial<W> = {}): Counting<W> {
  const asked: string[] = [];
  const client = new Proxy(fixed as W, {
    get: (target, name: string) =>
      name in target
        ? target[name as keyof W]
        : (...args: unknown[]) => Promise.resolve(asked.push(`${name} ${args.map((arg) => JSON.stringify(arg) ?? "").join(" ")}`.trim())),
  });
  return { client, asked };
}

function kube(answers?: Answers): Asked<KubeWriter> & { readonly looks: Looks; readonly asked: string[] } {
  const looks = new Looks();
  const kept = answers ?? looks.answers();
  const { client, asked } = counting<KubeWriter>({ context: "prod", server: "https://prod" } as Partial<KubeWriter>);
  return { ...keptKube(client, keptIn(kept, [kept])), looks, asked };
}

const account = { apiVersion: "v1", kind: "ServiceAccount", namespace: "ns", name: "a" };
const secret = { ...account, kind: "Secret" };

describe("outside of a look", () => {
  test("the same question at the same time is asked once, and again after it", async () => {
    const { once, asked } = kube();
    await Promise.all([once.get(secret), once.get({ ...secret }), once.get(account)]);
    expect(asked).toHaveLength(2);
    await once.get(secret);
    expect(asked).toHaveLength(3);
  });

  test("what was asked before a write is not shared with who asks after it", async () => {
    const { once, asked } = kube();
    const before = once.get(secret);
    await once.remove(secret);
    expect(await once.get(secret)).not.toBe(await before);
    expect(asked.filter((each) => each.startsWith("get"))).toHaveLength(2);
  });
});

describe("in a look", () => {
  test("each question is asked once, however it was written, and anew when the look is over", async () => {
    const { once, looks, asked } = kube();
    await looks.during(async () => {
      await once.list({ apiVersion: "v1", kind: "Pod", namespace: "ns", labelSelector: undefined });
      await once.list({ namespace: "ns", kind: "Pod", apiVersion: "v1" });
      await once.list({ apiVersion: "v1", kind: "Pod" });
    });
    expect(asked).toHaveLength(2);
    await once.list({ apiVersion: "v1", kind: "Pod" });
    expect(asked).toHaveLength(3);
  });

  test("a look in a look is the same look; one that fails ends as well", async () => {
    const { once, looks, asked } = kube();
    await looks.during(async () => {
      await looks.during(() => once.get(secret)).then(() => once.get(secret));
      await once.get(secret);
    });
    expect(asked).toHaveLength(1);
    await expect(looks.during(() => once.get(account).then(() => Promise.reject(new Error("x"))))).rejects.toThrow("x");
    await once.get(account);
    expect(asked).toHaveLength(3);
  });

  test("one that is over before it ends keeps nothing any more, and ends only once", async () => {
    const { once, looks, asked } = kube();
    await looks.during(async (over) => {
      await once.get(secret);
      await looks.during(async () => {
        over();
        over();
        await once.get(secret);
      });
      expect(asked).toHaveLength(1);
      expect(looks.underWay).toBe(false);
      await once.get(secret);
      await once.get(secret);
    });
    expect(asked).toHaveLength(3);
    expect(looks.underWay).toBe(false);
  });

  test("a failure is an answer too", async () => {
    const looks = new Looks();
    const answers = looks.answers();
    let asked = 0;
    const ask = () => answers.ask("x", () => Promise.reject(new Error(`no ${++asked}`)));
    await looks.during(async () => {
      await expect(ask()).rejects.toThrow("no 1");
      await expect(ask()).rejects.toThrow("no 1");
    });
    await expect(ask()).rejects.toThrow("no 2");
  });

  test("who asks anew gets past what is kept, and renews it", async () => {
    const { once, anew, looks } = kube();
    await looks.during(async () => {
      const first = await once.get(secret);
      const second = await anew.get(secret);
      expect(second).not.toBe(first);
      expect(await once.get(secret)).toBe(second);
      expect(await anew.get(secret)).not.toBe(second);
    });
  });

  test.each<[string, (client: KubeWriter) => Promise<unknown>]>([
    ["apply", (client) => client.apply({ apiVersion: "v1", kind: "Secret", metadata: { name: "a", namespace: "ns" } })],
    ["patch", (client) => client.patch(secret, {})],
    ["remove", (client) => client.remove(secret)],
    ["exec", (client) => client.exec({ namespace: "ns", pod: "p", container: "vault" }, ["true"])],
  ])("%s makes all stale, of either reader", async (_, write) => {
    const { once, anew, looks } = kube();
    await looks.during(async () => {
      for (const writer of [once, anew]) {
        const before = await once.get(account);
        await write(writer);
        expect(await once.get(account)).not.toBe(before);
      }
    });
  });

  test("a lock is asked each time", async () => {
    const { once, looks, asked } = kube();
    const lease = { apiVersion: "coordination.k8s.io/v1", kind: "Lease", namespace: "vault", name: "vault-k8s" };
    await looks.during(async () => void [await once.get(lease), await once.get(lease)]);
    expect(asked).toHaveLength(2);
  });

  test("a write that fails may have been carried out", async () => {
    const looks = new Looks();
    const answers = looks.answers();
    const { write } = keptIn(answers, [answers]);
    await looks.during(async () => {
      expect(await answers.ask("x", () => Promise.resolve(1))).toBe(1);
      await expect(write(() => Promise.reject(new Error("cut off")))).rejects.toThrow("cut off");
      expect(await answers.ask("x", () => Promise.resolve(2))).toBe(2);
    });
  });

  test("what was written in one place makes stale what it touches, and leaves the rest", async () => {
    const looks = new Looks();
    const [wired, vaults] = [looks.answers(), looks.answers()];
    const here = keptKube(counting<KubeWriter>().client, keptIn(wired, [wired])).once;
    const vault = keptVault(counting<VaultWriter>().client, keptIn(vaults, [vaults, wired])).once;
    await looks.during(async () => {
      const [object, mount] = [await here.get(secret), await vault.get("sys/auth")];
      await here.remove(secret);
      expect([await here.get(secret), await vault.get("sys/auth")]).toEqual([expect.not.toSatisfy((it) => it === object), mount]);
      const again = await here.get(secret);
      await vault.post("auth/x/role/y", {});
      expect(await here.get(secret)).not.toBe(again);
      expect(await vault.get("sys/auth")).not.toBe(mount);
    });
  });
});

describe("proofs", () => {
  test("a token, a pod that runs and a dry run are of the moment; rights are a fact", async () => {
    const { once, looks, asked } = kube();
    await looks.during(async () => {
      for (const _ of [1, 2]) {
        await once.serviceAccountToken({ namespace: "ns", name: "a" }, [], 600);
        await once.runPod({ apiVersion: "v1", kind: "Pod", metadata: { name: "p" } }, 1);
        await once.dryRun({ apiVersion: "v1", kind: "Pod", metadata: { name: "p" } });
        await once.canI({ verb: "get", resource: "pods" });
        await once.mayAccount({ namespace: "ns", name: "a" }, { verb: "get", resource: "pods" });
        await once.whoAmI();
      }
    });
    const times = (name: string): number => asked.filter((each) => each.startsWith(name)).length;
    expect(["serviceAccountToken", "runPod", "dryRun", "canI", "mayAccount", "whoAmI"].map(times)).toEqual([2, 2, 2, 1, 1, 1]);
  });

  test("a login, and what is read with its token, are of the moment; what the run's own token may do is a fact", async () => {
    const looks = new Looks();
    const answers = looks.answers();
    const { client, asked } = counting<VaultWriter>();
    const vault = keptVault(client, keptIn(answers, [answers])).once;
    await looks.during(async () => {
      for (const paths of [
        ["a", "b"],
        ["b", "a"],
      ]) {
        await vault.login("m", "r", "jwt");
        await vault.getAs("token", "path");
        await vault.capabilities(paths, "token");
        await vault.capabilities(paths);
      }
    });
    expect(asked.map((each) => each.split(" ")[0])).toEqual([
      "login",
      "getAs",
      "capabilities",
      "capabilities",
      "login",
      "getAs",
      "capabilities",
    ]);
  });

  test("whether a helm is still at work is asked each time", async () => {
    const looks = new Looks();
    const answers = looks.answers();
    const { client, asked } = counting<HelmWriter>();
    const { once } = keptHelm({ once: client, anew: client }, keptIn(answers, [answers]));
    const release = { name: "a", namespace: "b" } as Parameters<HelmWriter["isCutOff"]>[0];
    await looks.during(async () => {
      for (const _ of [1, 2]) {
        await once.isCutOff(release);
        await once.release("b", "a");
      }
    });
    expect(asked.map((each) => each.split(" ")[0])).toEqual(["isCutOff", "release", "isCutOff"]);
  });
});

test("the nodes of Vault are asked by their names", async () => {
  const looks = new Looks();
  const answers = looks.answers();
  const { client, asked } = counting<NodesWriter>();
  const { once } = keptNodes({ once: client, anew: client }, keptIn(answers, [answers]));
  const node = (name: string, phase = "Running") => ({ name, peerAddress: "", phase });
  await looks.during(async () => {
    await Promise.all([
      once.sealStatus(node("a")),
      once.sealStatus(node("a", "Pending")),
      once.sealStatus(node("b")),
      once.leader(node("a")),
    ]);
    await once.unseal(node("a"), "key");
    await once.sealStatus(node("a"));
  });
  expect(asked.map((each) => each.split(" ")[0])).toEqual(["sealStatus", "sealStatus", "leader", "unseal", "sealStatus"]);
});

describe("what lasts", () => {
  test("the UID of a cluster is asked once, beyond looks and writes; a failure is not kept", async () => {
    const looks = new Looks();
    const answers = looks.answers();
    const replies = [() => Promise.reject(new Error("etcd")), () => Promise.resolve("u-1"), () => Promise.resolve("u-2")];
    const { once, anew } = keptKube(
      { context: "prod", clusterUid: () => replies.shift()!(), remove: () => Promise.resolve() } as unknown as KubeWriter,
      keptIn(answers, [answers]),
    );
    await expect(once.clusterUid()).rejects.toThrow("etcd");
    expect(await once.clusterUid()).toBe("u-1");
    await once.remove(secret);
    expect([await once.clusterUid(), await anew.clusterUid()]).toEqual(["u-1", "u-1"]);
  });

  test("an answer that is not the last word is asked for again", async () => {
    const answers = new Looks().answers();
    const found = [undefined, "pem", "other"];
    const ask = () =>
      answers.lasting(
        "ca",
        () => Promise.resolve(found.shift()),
        (pem) => pem !== undefined,
      );
    expect([await ask(), await ask(), await ask()]).toEqual([undefined, "pem", "pem"]);
    answers.drop("ca");
    expect(await ask()).toBe("other");
  });
});
