import { describe, expect, test } from "vitest";
import { pathsIn, reaches } from "../../../src/wiring/policy/paths.ts";

describe("paths of a policy", () => {
  test.each<[string, string, string[] | undefined]>([
    ["HCL", 'path "a/*" { capabilities = ["read"] }\npath "b" { capabilities = ["list", "read"] }', ["a/*", "b"]],
    ["one that forbids is none", 'path "a" { capabilities = ["deny"] }', []],
    ["comments", '# path "a" {}\n// path "b" {}\n/* path "c" {} */\npath "d" { policy = "read" }', ["d"]],
    ["with an equals sign and parameters", 'path "a" = { allowed_parameters = { "x" = [] } capabilities = ["update"] }', ["a"]],
    ["JSON", '{"path": {"a/*": {"capabilities": ["read"]}, "b": {"capabilities": ["deny"]}}}', ["a/*"]],
    ["an empty text", "", []],
    ["what is not understood", 'path a { capabilities = ["read"] }', undefined],
    ["other JSON", "[1]", undefined],
  ])("%s", (_, text, paths) => expect(pathsIn(text)).toEqual(paths));
});

describe("a path of a policy reaches below kv/k8s/eks/", () => {
  test.each([
    "kv/data/k8s/eks/*",
    "kv/data/k8s/eks/db",
    "kv/data/k8s/*",
    "kv/data/k8s/e*",
    "kv/data/*",
    "kv/*",
    "kv/+/k8s/eks/*",
    "kv/+/k8s/+/db",
    "+/data/k8s/eks/*",
    "kv/metadata/k8s/eks/",
    "kv/metadata/k8s/eks",
    "kv/delete/k8s/eks/db",
    "kv/data/k8s/{{identity.entity.name}}/*",
    "kv/data/k8s/eks/team/deep/one",
  ])("%s", (path) => expect(reaches(path, "kv", "k8s/eks/")).toBe(true));

  test.each([
    "*",
    "k*",
    "kv2/*",
    "kv/data/k8s/eks-2/*",
    "kv/data/k8s/ek",
    "kv/data/k8s",
    "kv/data/apps/*",
    "kv/config",
    "sys/*",
    "secret/data/k8s/eks/*",
  ])("not %s", (path) => expect(reaches(path, "kv", "k8s/eks/")).toBe(false));

  test("an engine at a deeper path", () => {
    expect([reaches("team/kv/data/apps/*", "team/kv", "apps/"), reaches("team/*", "team/kv", "apps/")]).toEqual([true, false]);
  });
});
