import { expect, test } from "vitest";
import { capabilitiesOn, parsePolicy } from "../../fakes/vault/acl.ts";

const rules = parsePolicy(`
# a comment
path "kv/data/*" { capabilities = ["read"] }
path "kv/data/k8s/*" { capabilities = ["read", "update"] }
path "kv/data/+/deep" {
  capabilities = ["list"]
}
path "kv/data/k8s/secret" { capabilities = ["deny"] }
path "kv/data/k8s/secret" { capabilities = ["read"] }
path "exact" { capabilities = ["create"] }
path "exact" { capabilities = ["update"] }
`);

test.each([
  ["kv/data/x", ["read"]],
  ["kv/data/k8s/x", ["read", "update"]],
  // The first wildcard of "kv/data/k8s/*" comes later than that of "kv/data/+/deep".
  ["kv/data/k8s/deep", ["read", "update"]],
  ["kv/data/other/deep", ["list"]],
  // A deny wins over whatever else says the same path.
  ["kv/data/k8s/secret", ["deny"]],
  // Equal paths are united.
  ["exact", ["create", "update"]],
  ["exact/more", ["deny"]],
  ["kv/dat", ["deny"]],
])("%s", (path, capabilities) => expect(capabilitiesOn(path, rules)).toEqual(capabilities));

test.each([
  ['path "x" { capabilities = ["fly"] }', /invalid capability "fly"/],
  ['path "x/+*" { capabilities = ["read"] }', /'\+\*' is forbidden/],
  ["path {", /failed to parse policy/],
])("%s is no policy", (text, words) => expect(() => parsePolicy(text)).toThrow(words));
