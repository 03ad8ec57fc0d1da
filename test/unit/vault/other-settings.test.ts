import { describe, expect, test } from "vitest";
import type { Flags } from "../../../src/config/sources.ts";
import type { Readers } from "../../../src/systems/world.ts";
import { install } from "../../../src/vault/install/step.ts";
import { otherNotices, otherSettings } from "../../../src/vault/install/other-settings.ts";
import { failure, kinds } from "../../../src/errors.ts";
import { specFrom } from "../spec.ts";

interface Release {
  readonly namespace: string;
  readonly name: string;
  readonly values: unknown;
  readonly labels: Readonly<Record<string, string>>;
  readonly chart: string;
}

const ours = { "app.kubernetes.io/managed-by": "vault-k8s" };

/** A cluster in which these are installed. */
function reading(releases: readonly Release[], list: () => unknown = () => releases.map(secretOf)): Readers {
  const kube = { list: () => Promise.resolve().then(list), get: () => Promise.resolve(undefined), context: "shop" };
  const release = (namespace: string, name: string) =>
    Promise.resolve(releases.find((each) => each.namespace === namespace && each.name === name));
  return { kube, vaultKube: kube, helm: { release } } as unknown as Readers;
}

const secretOf = ({ namespace, name, labels }: Release) => ({
  metadata: { namespace, name: `sh.helm.release.v1.${name}.v1`, labels: { ...labels, name, owner: "helm", status: "deployed" } },
});

/** What our own step gives the chart for these flags. */
async function madeWith(flags: Flags): Promise<Release> {
  const spec = await specFrom({ cluster: "shop", ...flags });
  const release = install.resources(spec).find(({ id }) => id.startsWith("helm "));
  const content = await release?.content?.(reading([]));
  if (content?.kind !== "release") throw new Error("the step makes no release");
  const { namespace, name, values } = content.release;
  return { namespace, name, values: JSON.parse(JSON.stringify(values)), labels: ours, chart: "vault-0.31.0" };
}

const seen = async (given: Flags, now: Flags): Promise<readonly string[]> => {
  const { vault } = await specFrom({ cluster: "shop", ...now });
  const { place, made } = await otherSettings(reading([await madeWith(given)]), vault);
  return [...place, ...made];
};

const typed: readonly (readonly [Flags, readonly string[]])[] = [
  [{ insecureNoTls: true }, ["--insecure-no-tls"]],
  [{ replicas: "1" }, ["--replicas", "1"]],
  [{ antiAffinity: false }, ["--no-anti-affinity"]],
  [{ imageTag: "1.21.0" }, ["--image-tag", "1.21.0"]],
  [{ storageClass: "fast" }, ["--storage-class", "fast"]],
  [{ storageSize: "20Gi" }, ["--storage-size", "20Gi"]],
  [{ expose: "LoadBalancer" }, ["--expose", "LoadBalancer"]],
  [{ expose: "Ingress", ingressHost: "vault.example.com" }, ["--expose", "Ingress", "--ingress-host", "vault.example.com"]],
  [{ installNamespace: "hub" }, ["--install-namespace", "hub"]],
  [{ release: "hub" }, ["--release", "hub"]],
];

describe("what Vault was installed with", () => {
  test.each(typed)("%j is read from the release's own values", async (flags, words) => {
    expect(await seen(flags, {})).toEqual(words);
    expect(await seen(flags, flags)).toEqual([]);
  });

  test("the defaults, and what this run changes on purpose, are no news", async () => {
    expect(await seen({}, {})).toEqual([]);
    expect(await seen({ replicas: "3" }, { replicas: "5" })).toEqual([]);
    expect(await seen({ replicas: "1" }, { replicas: "5" })).toEqual([]);
  });

  test("is not guessed where a --set may say any of it, nor of a release that is not ours or not Vault's", async () => {
    expect(await seen({ replicas: "1" }, { set: ["server.ha.replicas=1"] })).toEqual([]);
    const { vault } = await specFrom({ cluster: "shop" });
    const made = await madeWith({ installNamespace: "hub", replicas: "1" });
    for (const other of [{ labels: {} }, { chart: "external-secrets-0.20.4" }])
      expect(await otherSettings(reading([{ ...made, ...other }]), vault)).toEqual({ place: [], made: [] });
  });
});

describe("the word on it at the end of a run", () => {
  const line = (command: string, ...rest: readonly string[]): string => ["vault-k8s", command, ...rest].join(" ");

  test("names the settings, and what keeps them; a teardown only where Vault is", async () => {
    const { vault } = await specFrom({ cluster: "shop" });
    const read = reading([await madeWith({ installNamespace: "hub", replicas: "1" })]);
    const [all] = await otherNotices(read, vault, true);
    expect(all?.reason).toBe("Vault is installed with other settings than these: --install-namespace hub --replicas 1");
    expect(typeof all?.fix === "function" && all.fix(line)).toBe(
      "vault-k8s config save --install-namespace hub --replicas 1 keeps them for all that follows.",
    );
    expect((await otherNotices(read, vault, false))[0]?.reason).toBe(
      "Vault is installed with other settings than these: --install-namespace hub",
    );
  });

  test("is silent where releases may not be listed", async () => {
    const { vault } = await specFrom({ cluster: "shop" });
    const refused = reading([], () => {
      throw failure(kinds.kubeForbidden, { what: "no" });
    });
    expect(await otherNotices(refused, vault, true)).toEqual([]);
  });
});
