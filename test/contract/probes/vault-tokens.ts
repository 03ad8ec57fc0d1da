import type { Probe } from "../same-as-real.ts";
import { get, keepField, list, post, remove, vault } from "./words.ts";

const hcl =
  'path "sys/policies/acl/probe-*" { capabilities = ["read"] }\npath "sys/auth/probe-*" { capabilities = ["create", "read", "update", "sudo"] }\npath "probe/+/x" { capabilities = ["read", "list"] }\npath "probe/a/x" { capabilities = ["deny"] }\n';
const limited = (have: Record<string, string>): string | undefined => have["limited"];

/** Tokens, policies, and what they allow. */
export const vaultTokens: readonly Probe[] = [
  vault("no token", get("sys/mounts", ""), 403, { is: { errors: ["permission denied"] } }),
  vault("a token that is none", get("sys/mounts", "hvs.nonsense"), 403, {
    says: /2 errors occurred:\\n\\t\* permission denied\\n\\t\* invalid token/,
  }),
  vault("its own token", get("auth/token/lookup-self"), 200, {
    is: {
      "data.policies": ["root"],
      "data.ttl": 0,
      "data.expire_time": null,
      "data.orphan": true,
      "data.display_name": "root",
      "data.path": "auth/token/root",
    },
  }),
  vault("a policy that is not there", get("sys/policies/acl/probe-nothing"), 404, { is: { errors: [] } }),
  vault("writing a policy", post("sys/policies/acl/probe-limited", { policy: hcl }), 204),
  vault("reading it back", get("sys/policies/acl/probe-limited"), 200, { is: { "data.name": "probe-limited", "data.policy": hcl } }),
  vault("its name in capitals", get("sys/policies/acl/Probe-Limited"), 200, { is: { "data.name": "probe-limited" } }),
  vault("all policies", list("sys/policies/acl"), 200, { says: /"probe-limited"/, has: { "data.keys": "list" } }),
  vault("a policy that is not HCL", post("sys/policies/acl/probe-bad", { policy: "path {" }), 400, { says: /[Ff]ailed to parse/ }),
  vault("an unknown capability", post("sys/policies/acl/probe-bad", { policy: 'path "x" { capabilities = ["fly"] }' }), 400, {
    says: /invalid capability \\"fly\\"|invalid capability/,
  }),
  vault("the policy root", post("sys/policies/acl/root", { policy: hcl }), 400, { says: /root/ }),
  vault("a token of its own", post("auth/token/create-orphan", { policies: ["probe-limited"], ttl: "10m" }), 200, {
    is: {
      data: null,
      "auth.policies": ["default", "probe-limited"],
      "auth.orphan": true,
      "auth.lease_duration": 600,
      "auth.renewable": true,
    },
    has: { "auth.client_token": "text", "auth.accessor": "text" },
    keep: keepField("limited", "auth", "client_token"),
  }),
  vault("what that token may read", (have) => get("sys/policies/acl/probe-limited", limited(have)), 200),
  vault("what it may not", (have) => get("sys/mounts", limited(have)), 403, { says: /1 error occurred:\\n\\t\* permission denied/ }),
  vault("what it may not write", (have) => post("sys/policies/acl/probe-limited", { policy: hcl }, limited(have)), 403, {
    says: /permission denied/,
  }),
  vault(
    "what it can do, path by path",
    (have) =>
      post(
        "sys/capabilities-self",
        { paths: ["sys/policies/acl/probe-x", "sys/auth/probe-y", "sys/mounts", "probe/b/x", "probe/a/x", "probe/b/c/x"] },
        limited(have),
      ),
    200,
    {
      is: {
        "data.sys/policies/acl/probe-x": ["read"],
        "data.sys/auth/probe-y": ["create", "read", "sudo", "update"],
        "data.sys/mounts": ["deny"],
        "data.probe/b/x": ["list", "read"],
        "data.probe/a/x": ["deny"],
        "data.probe/b/c/x": ["deny"],
      },
    },
  ),
  vault(
    "what it can do on one path",
    (have) => post("sys/capabilities-self", { paths: ["sys/policies/acl/probe-x"] }, limited(have)),
    200,
    { is: { "data.capabilities": ["read"] } },
  ),
  vault("what root can do", post("sys/capabilities-self", { paths: ["sys/mounts"] }), 200, { is: { "data.capabilities": ["root"] } }),
  vault("an auth method that it may enable", (have) => post("sys/auth/probe-limited", { type: "kubernetes" }, limited(have)), 204),
  vault("one that it may not", (have) => post("sys/auth/other-probe", { type: "kubernetes" }, limited(have)), 403),
  vault("giving the token back", (have) => post("auth/token/revoke-self", {}, limited(have)), 204),
  vault("the token that was given back", (have) => get("auth/token/lookup-self", limited(have)), 403, { says: /permission denied/ }),
  vault("taking the method away", remove("sys/auth/probe-limited"), 204),
  vault("taking away a method that is not there", remove("sys/auth/probe-limited"), 204),
  vault("taking the policy away", remove("sys/policies/acl/probe-limited"), 204),
  vault("an unknown path", get("probe-nowhere/x"), 404, { says: /no handler for route/ }),
];
