import { Ajv2020 } from "ajv/dist/2020.js";
import { parse } from "yaml";
import { describe, expect, it, test } from "vitest";
import { parseConfig } from "../../../src/config/parse.ts";
import { configSchema } from "../../../src/config/schema.ts";
import { resolveSettings } from "../../../src/config/resolve.ts";
import { reviewedChanges } from "../../../src/config/reviewed.ts";
import { loadConfigFile } from "../../../src/config/file.ts";
import { steeredBy } from "../../../src/config/steering.ts";
import { kinds } from "../../../src/errors.ts";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { folder } from "./folder.ts";

const check = new Ajv2020({ strict: true, strictTypes: false, allErrors: true }).compile(configSchema());
const fleet = (...lines: string[]): string => ["fleet:", ...lines.map((line) => `  ${line}`), ""].join("\n");

describe("the part fleet of vault-k8s.yaml", () => {
  it.each([
    fleet(),
    fleet("name: prod", "sources:", "  - contexts: ['*']", "  - argocd: {}", "  - clusterApi: {context: hub}"),
    fleet("sources:", "  - secrets: {selector: a=b}", "  - clusterProfiles: {providers: p.json}"),
    fleet("exec: {aws: /bin/aws, gke: {path: /bin/gke, env: [A]}}", "allowInsecure: true", "names: {'a/b': c}"),
    fleet("defaults:", "  namespace: shop", "  kv: {mount: kv}"),
  ])("is taken as the schema has it: %j", (text) => {
    expect(parseConfig(text, "f").fleet).toBeDefined();
    expect(check(parse(text)), JSON.stringify(check.errors)).toBe(true);
  });

  test.each<[string, string]>([
    ["a key that is not known", fleet("nam: prod")],
    ["a name that does not fit into a mark", fleet("name: A_b")],
    ["a name that is too long", fleet(`name: ${"a".repeat(25)}`)],
    ["a source that is none", fleet("sources:", "  - argo: {}")],
    ["two sources in one", fleet("sources:", "  - argocd: {}", "    clusterApi: {}")],
    ["no patterns", fleet("sources:", "  - contexts: []")],
    ["Secrets without a selector", fleet("sources:", "  - secrets: {key: value}")],
    ["a program that is no whole path", fleet("exec: {aws: bin/aws}")],
    ["a program whose name is a path", fleet("exec: {/bin/aws: /bin/aws}")],
    ["a name that no cluster may have", fleet("names: {a: B}")],
    ["a cluster's name among the defaults", fleet("defaults: {cluster: a}")],
    ["a context among the defaults", fleet("defaults: {context: a}")],
    ["a switch that is a text", fleet('allowInsecure: "yes"')],
    ["a list", "fleet: []\n"],
  ])("is refused with its place: %s", (_, text) => {
    expect(() => parseConfig(text, "f")).toThrowError(
      expect.objectContaining({ kind: kinds.badConfig, message: expect.stringMatching(/^f:[12345]:\d+/) as string }) as Error,
    );
    expect(check(parse(text))).toBe(false);
  });

  it("may stand at the top alone", () => expect(() => parseConfig("clusters:\n  a:\n    fleet: {}\n", "f")).toThrow(/fleet/));

  it("`- argocd:` alone means all that it has by default", () =>
    expect(parseConfig(fleet("sources:", "  - argocd:"), "f").fleet?.sources).toEqual([{ argocd: {} }]));

  it("is asked about where a file was only found: programs, sources and the names that they get", () => {
    const keys = steeredBy(
      parseConfig(fleet("exec: {aws: /bin/aws}", "sources: [{contexts: ['*']}]", "defaults: {vault: {addr: 'https://v'}}"), "f"),
    ).map(({ key }) => key);
    expect(keys.sort()).toEqual(["fleet.defaults.vault.addr", "fleet.exec.aws", "fleet.sources[0].contexts[0]"]);
  });

  it("its changes want a review", async () => {
    const dir = await folder();
    const load = async (name: string, text: string) => {
      await writeFile(join(dir, name), text);
      return (await loadConfigFile(name, dir))!;
    };
    const changes = await reviewedChanges(
      await load("a", fleet("exec: {aws: /bin/aws}")),
      await load("b", fleet("exec: {aws: /tmp/aws}", "allowInsecure: true")),
    );
    expect(changes).toEqual([
      { key: "fleet.exec.aws", before: "/bin/aws", after: "/tmp/aws" },
      { key: "fleet.allowInsecure", before: undefined, after: "true" },
    ]);
  });

  it("its defaults count for the fleet alone, after a cluster's own part and before the top of the file", async () => {
    const cwd = await folder();
    await writeFile(
      join(cwd, "vault-k8s.yaml"),
      `namespace: top\n${fleet("defaults: {namespace: fleet}")}clusters:\n  own: {namespace: own}\n  other: {}\n`,
    );
    const namespace = async (cluster: string, inFleet: boolean) =>
      (await resolveSettings({ flags: { cluster }, env: {}, cwd, inFleet })).settings.namespace;
    expect([await namespace("own", true), await namespace("other", true), await namespace("other", false)]).toEqual([
      "own",
      "fleet",
      "top",
    ]);
  });
});
