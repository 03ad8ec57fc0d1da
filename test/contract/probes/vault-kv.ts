import type { Probe } from "../same-as-real.ts";
import { get, list, post, remove, vault } from "./words.ts";

/** KV version 2, from its mount to a deleted secret. */
export const vaultKv: readonly Probe[] = [
  vault("all engines", get("sys/mounts"), 200, {
    has: { "data.sys/": "object", "sys/": "object", "data.cubbyhole/": "object" },
    is: { "data.sys/.type": "system" },
  }),
  vault("an engine that is not there", get("sys/mounts/probe-kv"), 400, { says: /No secret engine mount at probe-kv\// }),
  vault("enabling KV version 2", post("sys/mounts/probe-kv", { type: "kv", options: { version: "2" }, description: "a probe" }), 204),
  vault("its configuration, once it has upgraded itself", get("probe-kv/config"), 200, {
    soon: true,
    has: { "data.cas_required": "boolean", "data.max_versions": "number" },
  }),
  vault("the engine", get("sys/mounts/probe-kv"), 200, {
    is: { "data.type": "kv", "data.options": { version: "2" }, "data.description": "a probe" },
    has: { "data.accessor": "text", "data.uuid": "text" },
  }),
  vault("enabling it again", post("sys/mounts/probe-kv", { type: "kv", options: { version: "2" } }), 400, {
    says: /path is already in use at probe-kv\//,
  }),
  vault("enabling one below it", post("sys/mounts/probe-kv/below", { type: "kv" }), 400, { says: /path is already in use at probe-kv\// }),
  vault("an unknown type", post("sys/mounts/probe-other", { type: "nonsense" }), 400, { says: /plugin not found in the catalog/ }),
  vault("no type", post("sys/mounts/probe-other", {}), 400, { says: /backend type must be specified as a string/ }),
  vault("a secret that is not there", get("probe-kv/data/app/db"), 404, { is: { errors: [] } }),
  vault("the names where there are none", list("probe-kv/metadata/app"), 404, { is: { errors: [] } }),
  vault("writing one that must be new", post("probe-kv/data/app/db", { data: { password: "one" }, options: { cas: 0 } }), 200, {
    is: { "data.version": 1, "data.deletion_time": "", "data.destroyed": false, "data.custom_metadata": null },
    has: { "data.created_time": "text" },
  }),
  vault("writing it as if it were new", post("probe-kv/data/app/db", { data: { password: "two" }, options: { cas: 0 } }), 400, {
    says: /check-and-set parameter did not match the current version/,
  }),
  vault("writing its next version", post("probe-kv/data/app/db", { data: { password: "two" }, options: { cas: 1 } }), 200, {
    is: { "data.version": 2 },
  }),
  vault("reading it", get("probe-kv/data/app/db"), 200, {
    is: { "data.data": { password: "two" }, "data.metadata.version": 2, "data.metadata.destroyed": false },
  }),
  vault("reading the first version", get("probe-kv/data/app/db?version=1"), 200, { is: { "data.data": { password: "one" } } }),
  vault("writing nothing", post("probe-kv/data/app/db", {}), 400, { says: /no data provided/ }),
  vault("the names", list("probe-kv/metadata/app"), 200, { is: { "data.keys": ["db"] } }),
  vault("the names above", list("probe-kv/metadata"), 200, { is: { "data.keys": ["app/"] } }),
  vault("its metadata", get("probe-kv/metadata/app/db"), 200, { is: { "data.current_version": 2 }, has: { "data.versions": "object" } }),
  vault("deleting it", remove("probe-kv/data/app/db"), 204),
  vault("reading what was deleted", get("probe-kv/data/app/db"), 404, {
    is: { "data.data": null },
    has: { "data.metadata.deletion_time": "text", errors: "nothing" },
  }),
  vault("taking the engine away", remove("sys/mounts/probe-kv"), 204),
];
