import type { Answer } from "../wire/exchange.ts";
import type { Json } from "../wire/json.ts";
import { apiVersionOf, type Kind } from "./kinds.ts";

const version = {
  major: "1",
  minor: "34",
  gitVersion: "v1.34.4",
  gitCommit: "fake",
  gitTreeState: "clean",
  buildDate: "2026-01-01T00:00:00Z",
  goVersion: "go1.25.0",
  compiler: "gc",
  platform: "linux/amd64",
};

/** The paths that tell what is served. Undefined for all others. */
export function discovery(kinds: readonly Kind[], path: string): Answer | undefined {
  if (path === "/version") return json(version);
  if (["/healthz", "/livez", "/readyz"].includes(path)) return { status: 200, text: "ok" };
  if (path === "/api") return json({ kind: "APIVersions", versions: ["v1"] });
  if (path === "/apis")
    return json({
      kind: "APIGroupList",
      apiVersion: "v1",
      groups: [...new Set(kinds.map(({ group }) => group))].filter((name) => name !== "").map((name) => group(kinds, name)),
    });
  const [, root, name = "", deeper] = /^\/(apis?)\/([^/]+)(?:\/([^/]+))?\/?$/.exec(path) ?? [];
  if (root === "api") return deeper === undefined && name === "v1" ? resources(kinds, "v1") : undefined;
  if (root !== "apis") return undefined;
  if (deeper === undefined) return kinds.some((kind) => kind.group === name) ? json(group(kinds, name)) : undefined;
  return resources(kinds, `${name}/${deeper}`);
}

const json = (value: Json): Answer => ({ status: 200, json: value });

function group(kinds: readonly Kind[], name: string): Json {
  const versions = [...new Set(kinds.filter((kind) => kind.group === name).map(({ version: served }) => served))].map((served) => ({
    groupVersion: `${name}/${served}`,
    version: served,
  }));
  return { kind: "APIGroup", apiVersion: "v1", name, versions, preferredVersion: versions[0] ?? null };
}

function resources(kinds: readonly Kind[], groupVersion: string): Answer | undefined {
  const served = kinds.filter((kind) => apiVersionOf(kind) === groupVersion);
  if (served.length === 0) return undefined;
  const list = served.map(({ plural, namespaced, kind }) => ({
    name: plural,
    singularName: "",
    namespaced,
    kind,
    verbs: ["create", "delete", "get", "list", "patch", "update", "watch"],
  }));
  return json({ kind: "APIResourceList", apiVersion: "v1", groupVersion, resources: list });
}
