import { describe, expect, it } from "vitest";
import type { Plain } from "../../../src/core/compare.ts";
import type { HelmRelease } from "../../../src/systems/world.ts";
import { forgottenValues } from "../../../src/kubernetes/helm/inputs.ts";
import { raftNodeIds } from "../../../src/vault/install/raft-node-ids.ts";

const release = (values: Readonly<Record<string, Plain>>): HelmRelease => ({
  name: "vault",
  namespace: "vault",
  revision: 1,
  status: "deployed",
  chart: "vault-0.34.1",
  appVersion: "1.21.0",
  values,
  labels: {},
});

describe("a release that somebody else made", () => {
  it("shows each value that it would lose, and no secret among them", () => {
    const values = {
      server: {
        logLevel: "debug",
        resources: { limits: { memory: "1Gi" } },
        ha: { replicas: 1 },
        extraEnvironmentVars: { TOKEN: "canary" },
      },
    };
    const lost = forgottenValues(release(values), { server: { ha: { replicas: 3 }, logLevel: "debug" } });
    expect(lost.map(({ field, before }) => [field, before])).toEqual([
      ["server.resources.limits.memory", "1Gi"],
      ["server.extraEnvironmentVars.TOKEN", expect.not.stringContaining("canary") as string],
    ]);
  });

  it("shows the configuration that it would lose, without the secrets in it", () => {
    const config = 'ui = true\nseal "awskms" {\n  region     = "eu-west-1"\n  secret_key = "canary-of-a-seal"\n}\n';
    const [lost] = forgottenValues(release({ server: { standalone: { config } } }), {});
    expect(lost).toMatchObject({
      field: "server.standalone.config",
      before: expect.stringContaining('region     = "eu-west-1"') as string,
    });
    expect(String(lost?.before)).not.toContain("canary");
  });

  it("shows an address without its password, and that another one is asked for", () => {
    const url = (password: string) => ({ server: { env: [{ name: "URL", value: `postgres://vault:${password}@db/vault` }] } });
    const changes = forgottenValues(release(url("canary-1")), {});
    expect(changes[0]?.before).toContain("postgres://vault:fingerprint");
    expect(JSON.stringify(changes)).not.toContain("canary");
  });

  it("keeps the names that its pods have in Raft", () => {
    const kept = (raft: Readonly<Record<string, Plain>>) => raftNodeIds(release({ server: { ha: { raft } } }));
    expect(raftNodeIds(undefined)).toEqual({});
    for (const setNodeId of [true, false]) expect(kept({ setNodeId })).toEqual({ ha: { raft: { setNodeId } } });
    expect(kept({ enabled: true })).toStrictEqual({ ha: { raft: { setNodeId: undefined } } });
  });
});
