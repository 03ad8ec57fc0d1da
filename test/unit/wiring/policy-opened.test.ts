import { expect, test } from "vitest";
import { openedBy } from "../../../src/wiring/policy/opened.ts";

const read = (path: string, capabilities = '"read"'): string => `path "${path}" { capabilities = [${capabilities}] }\n`;
const engines = ["kv", "kv/deep", "secret"];

test.each<[string, string, [string[], string[], string[]]]>([
  ["a folder", read("kv/data/k8s/eks/*"), [["kv/k8s/eks/"], [], []]],
  ["with its metadata", read("kv/data/a/*") + read("kv/metadata/a/*", '"read", "list"'), [["kv/a/"], [], []]],
  ["a whole engine", read("secret/*", '"read", "list"'), [["secret/"], [], []]],
  ["data of a whole engine", read("secret/data/*"), [["secret/"], [], []]],
  ["any kind of path", read("kv/+/a/*"), [["kv/a/"], [], []]],
  ["the deeper engine", read("kv/deep/data/a/*"), [["kv/deep/a/"], [], []]],
  ["a folder in another", read("kv/data/a/b/*") + read("kv/data/a/*"), [["kv/a/"], [], []]],
  ["the same twice", read("kv/data/a/*") + read("kv/data/a/*"), [["kv/a/"], [], []]],
  ["two folders", read("kv/data/a/*") + read("kv/data/b/*"), [["kv/a/", "kv/b/"], [], []]],
  ["a single secret", read("kv/data/a/db"), [[], ["kv/a/"], ["kv/data/a/db (read)"]]],
  ["a single secret in a folder that is open", read("kv/data/a/db") + read("kv/data/a/*"), [["kv/a/"], [], ["kv/data/a/db (read)"]]],
  ["what begins so", read("kv/data/team-*"), [[], [], ["kv/data/team-* (read)"]]],
  ["a wildcard within", read("kv/data/+/db"), [[], [], ["kv/data/+/db (read)"]]],
  ["a name of the identity", read("kv/data/{{identity.entity.name}}/*"), [[], [], ["kv/data/{{identity.entity.name}}/* (read)"]]],
  ["writes too", read("kv/data/a/*", '"create", "read"'), [["kv/a/"], [], ["kv/data/a/* (create)"]]],
  ["writes only", read("kv/data/a/*", '"create"'), [[], [], ["kv/data/a/* (create)"]]],
  ["another engine", read("pki/issue/web", '"update"'), [[], [], ["pki/issue/web (update)"]]],
  ["what the default policy allows", read("auth/token/lookup-self"), [[], [], []]],
  ["what is denied", read("kv/data/a/*", '"deny"'), [[], [], []]],
  ["the old form", 'path "kv/data/a/*" { policy = "read" }', [["kv/a/"], [], []]],
  ["JSON", '{"path":{"kv/data/a/*":{"capabilities":["read"]}}}', [["kv/a/"], [], []]],
])("%s", (_, policy, [places, around, beyond]) => {
  const opened = openedBy(policy, engines);
  const shown = (all: readonly { mount: string; prefix: string }[] = []) => all.map(({ mount, prefix }) => `${mount}/${prefix}`);
  expect([shown(opened?.places), shown(opened?.around), opened?.beyond]).toEqual([places, around, beyond]);
});

test("a text that is not understood opens nothing that is known; without a list of engines the path tells its own", () => {
  expect(openedBy("path nonsense", engines)).toBeUndefined();
  expect(openedBy(read("my/kv/data/a/*"), undefined)?.places).toEqual([{ mount: "my/kv", prefix: "a/" }]);
  expect(openedBy(read("pki/issue/web"), undefined)).toEqual({ places: [], around: [], beyond: ["pki/issue/web (read)"] });
});
