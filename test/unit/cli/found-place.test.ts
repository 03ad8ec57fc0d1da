import { expect, test } from "vitest";
import { resolveSettings } from "../../../src/config/resolve.ts";
import { nobodyChooses, type Given, type Question } from "../../../src/cli/found/choose.ts";
import { vaultFrom } from "../../../src/cli/found/place.ts";
import type { StoreThere, Wired } from "../../../src/consumers/facts/wired.ts";
import { CliError } from "../../../src/core/errors.ts";
import type { InCluster } from "../../../src/doctor/facts/in-cluster.ts";

const login = { mount: "my", role: "app", audiences: [], account: undefined, tokenSecret: undefined };
const store = (server: string): StoreThere => ({
  kind: "ClusterSecretStore",
  name: "typed",
  namespace: undefined,
  path: "kv",
  version: "v2",
  vaultNamespace: "",
  server,
  login,
  allowed: [],
});
const naming = (...servers: string[]): Wired[] => [{ kind: "eso", operator: undefined, externals: [], stores: servers.map(store) }];
const vault = (namespace: string, release = "vault") => ({ namespace, release, pods: 3, set: undefined });
const cluster = (vaults: InCluster["vaults"], wired: Wired[] = []): InCluster => ({ vaults, wired, reviewers: [], unseen: [] });

async function given(flags: Readonly<Record<string, string>> = {}): Promise<Given> {
  const { settings, origins } = await resolveSettings({ flags, env: {}, cwd: "/", noFile: true });
  return { settings, isSaid: (name) => origins[name].kind === "flag" };
}

const fixOf = async (found: InCluster): Promise<string> =>
  vaultFrom(found, await given(), nobodyChooses).then(
    ({ settings }) => expect.unreachable(JSON.stringify(settings)),
    (error: unknown) => (error instanceof CliError ? (error.fix ?? "") : expect.unreachable(String(error))),
  );

test("the only Vault that runs here is it, also where stores name its Service", async () => {
  const inner = [
    "http://vault.tools.svc:8200",
    "http://vault.tools:8200",
    "https://vault-active.tools.svc.cluster.local:8200",
    "http://vault:8200",
  ];
  const { settings } = await vaultFrom(cluster([vault("tools")], naming(...inner)), await given(), nobodyChooses);
  expect(settings).toEqual({ installNamespace: "tools", release: "vault" });
});

test("of two that run here somebody says which", async () => {
  expect(await fixOf(cluster([vault("a"), vault("b", "second")]))).toMatch(
    /^--install-namespace a --release vault: .*\n--install-namespace b --release second: /,
  );
});

test.each(["https://vault.example.com:8200", "https://10.9.8.7:8200", "http://vault.other.svc:8200"])(
  "an address that only a store names gets no token before somebody said it: %s",
  async (address) => {
    expect(await fixOf(cluster([], naming(address)))).toBe(
      `--vault-addr ${address}: ClusterSecretStore typed names it; your token is sent there`,
    );
    expect(await fixOf(cluster([vault("tools")], naming(address)))).toContain("--install-namespace tools");
    const chosen = (question: Question) => Promise.resolve(question.options[0]!);
    expect((await vaultFrom(cluster([], naming(address)), await given(), chosen)).settings).toEqual({ vaultAddr: address });
  },
);

test("an address with a login in it is not shown, and what somebody said is not asked", async () => {
  const wired = naming("https://me:canary-5f1d@vault.example.com");
  expect((await vaultFrom(cluster([], wired), await given(), nobodyChooses)).settings).toEqual({});
  const said = await given({ vaultAddr: "https://vault.example.com" });
  expect((await vaultFrom(cluster([vault("a"), vault("b")], naming("https://other")), said, nobodyChooses)).settings).toEqual({});
});
