import { expect, test } from "vitest";
import type { Flags } from "../../../src/config/sources.ts";
import { at, text } from "../../../src/core/values.ts";
import type { HelmRelease } from "../../../src/systems/world.ts";
import { podsAtOnce } from "../../../src/vault/install/pods-at-once.ts";
import { vaultValues } from "../../../src/vault/install/values.ts";
import { specFrom } from "../spec.ts";

const valuesOf = async (flags: Flags) => vaultValues((await specFrom({ cluster: "prod", ...flags })).vault);
const configIn = (values: unknown): string => text(at(values, "server", "ha", "raft", "config")) ?? "";

test.each([
  [{ chart: "openbao" }, "https://openbao.github.io/openbao-helm"],
  [{ chart: "openbao", chartRepo: "https://charts.example.com" }, "https://charts.example.com"],
  [{ chart: "vault" }, "https://helm.releases.hashicorp.com"],
] as const)("the chart of %o comes from %s", async (flags, repo) => {
  expect((await specFrom({ cluster: "prod", ...flags })).vault.install.chart.repo).toBe(repo);
});

test("OpenBao's chart knows the pod by a variable of its own", async () => {
  const apiAddr = async (flags: Flags) => at(await valuesOf(flags), "server", "ha", "apiAddr");
  expect(await apiAddr({ chart: "openbao" })).toBe("https://$(BAO_K8S_POD_NAME).vault-openbao-internal:8200");
  expect(await apiAddr({})).toBe("https://$(VAULT_K8S_POD_NAME).vault-internal:8200");
});

test("OpenBao's pods do not wait for each other, but in a release that was made so", async () => {
  const wanted = async (flags: Flags, values?: object) =>
    podsAtOnce((await specFrom({ cluster: "prod", ...flags })).vault.install, values && ({ values } as HelmRelease));
  const atOnce = { podManagementPolicy: "Parallel" };
  expect(await wanted({ chart: "openbao" })).toEqual(atOnce);
  expect(await wanted({ chart: "openbao" }, { server: atOnce })).toEqual(atOnce);
  expect(await wanted({ chart: "openbao" }, { server: {} })).toEqual({});
  expect(await wanted({})).toEqual({});
});

test("HashiCorp's server is told of its audit device by a request", async () => {
  expect(configIn(await valuesOf({ audit: "stdout" }))).not.toContain("audit");
});

test.each([
  ["with TLS", {}, /tls_cert_file/],
  ["without", { insecureNoTls: true }, /tls_disable\s+= 1/],
])("an audit device of OpenBao stands in its configuration, %s", async (_, flags, listener) => {
  const config = configIn(await valuesOf({ chart: "openbao", audit: "file", auditFile: "/vault/audit/a.log", ...flags }));
  expect(config).toMatch(listener);
  expect(config).toMatch(/audit "file" "vault-k8s-file" \{\n\s+description = ".+"\n\s+options \{\n\s+file_path = "\/vault\/audit\/a\.log"/);
  expect(config).toContain('path = "/openbao/data"');
  expect(configIn(await valuesOf({ chart: "openbao", ...flags }))).not.toContain("audit");
});
