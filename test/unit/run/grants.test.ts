import { expect, test } from "vitest";
import { parseAllDocuments } from "yaml";
import { rbacManifest } from "../../../src/run/preflight/grants.ts";
import type { KubeNeed } from "../../../src/systems/need.ts";

interface Granted {
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string };
  readonly roleRef?: { readonly name: string };
}

const need = (verb: string, namespace?: string): KubeNeed =>
  ({ verb, group: "", resource: "secrets", ...(namespace !== undefined && { namespace }) }) as KubeNeed;

const granted = (user: string | undefined, needs: readonly KubeNeed[]): Granted[] =>
  parseAllDocuments(rbacManifest(needs, { user, absent: new Set() })).map((document) => document.toJS() as Granted);

const names = (objects: readonly Granted[]): string[] =>
  objects.map(({ kind, metadata: { name, namespace } }) => `${kind} ${namespace} ${name}`);

test("what one user is granted replaces nothing that another one has, nor what the same one was granted before", () => {
  const all = [need("get", "vault"), need("list", "vault"), need("get")];
  const alice = granted("alice", all);
  for (const other of [granted("bob", all), granted(undefined, all), granted("alice", [need("create", "vault"), need("create")])])
    expect(names(alice).filter((name) => names(other).includes(name))).toEqual([]);
  expect(granted("alice", all)).toEqual(alice);
});

test("a binding names its role", () => {
  const [role, binding] = granted("system:serviceaccount:ci:deploy", [need("get", "vault")]);
  expect([role?.kind, binding?.kind, binding?.roleRef?.name]).toEqual(["Role", "RoleBinding", role?.metadata.name]);
});
