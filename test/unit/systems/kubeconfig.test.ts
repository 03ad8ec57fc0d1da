import { writeFile } from "node:fs/promises";
import { delimiter, join } from "node:path";
import fc from "fast-check";
import { expect, test } from "vitest";
import { stringify } from "yaml";
import { CliError } from "../../../src/core/errors.ts";
import { kinds } from "../../../src/errors.ts";
import { chooseContext } from "../../../src/systems/kube/context.ts";
import { readKubeconfig, type Kubeconfig } from "../../../src/systems/kube/kubeconfig.ts";
import { canary, errorOf, expectHidden, failsWith, folder } from "./server.ts";

const config = (contexts: Record<string, string>, server = "https://10.0.0.1:6443", current?: string): string =>
  stringify({
    apiVersion: "v1",
    kind: "Config",
    "current-context": current,
    clusters: [...new Set(Object.values(contexts))].map((name) => ({ name, cluster: { server, "certificate-authority": "ca.pem" } })),
    users: [{ name: "me", user: { token: canary, tokenFile: "token" } }],
    contexts: Object.entries(contexts).map(([name, cluster]) => ({ name, context: { cluster, user: "me" } })),
  });

async function written(name: string, text: string): Promise<{ file: string; dir: string }> {
  const dir = await folder();
  await writeFile(join(dir, name), text);
  return { file: join(dir, name), dir };
}

const read = async (contexts: Record<string, string>, current?: string): Promise<Kubeconfig> =>
  readKubeconfig((await written("config", config(contexts, undefined, current))).file, {}, "/nowhere");

test("paths are relative to their file", async () => {
  const { file, dir } = await written("config", config({ a: "a" }));
  const found = await readKubeconfig(file, {}, "/nowhere");
  expect(found.clusters.get("a")?.["certificate-authority"]).toBe(join(dir, "ca.pem"));
  expect(found.users.get("me")?.tokenFile).toBe(join(dir, "token"));
});

test("of several files the first wins, and missing ones are skipped, as kubectl does", async () => {
  const one = await written("one", config({ a: "a" }, "https://one"));
  const two = await written("two", config({ a: "a", b: "b" }, "https://two", "b"));
  const found = await readKubeconfig(undefined, { KUBECONFIG: [one.file, "/no/such/file", two.file].join(delimiter) }, "/nowhere");
  expect([found.clusters.get("a")?.server, found.clusters.get("b")?.server, found.currentContext]).toEqual([
    "https://one",
    "https://two",
    "b",
  ]);
});

test("none, a folder, broken YAML and a wrong shape: each is told without showing the file", async () => {
  await failsWith(readKubeconfig(undefined, {}, "/nowhere"), kinds.kubeconfig);
  await failsWith(readKubeconfig(await folder(), {}, "/nowhere"), kinds.kubeconfig);
  const broken = await written("config", `users: [\n  token: ${canary}`);
  expect((await failsWith(readKubeconfig(broken.file, {}, "/nowhere"), kinds.kubeconfig)).why).toMatch(/line \d+/);
  const list = await written("config", `users: { me: ${canary} }`);
  expect((await failsWith(readKubeconfig(list.file, {}, "/nowhere"), kinds.kubeconfig)).why).toContain("users");
  const shape = await written("config", config({ a: "a" }).replace(/token: .*/, `token: [${canary}]`));
  const chosen = readKubeconfig(shape.file, {}, "/nowhere").then((found) => chooseContext(found, "a", undefined));
  expect((await failsWith(chosen, kinds.kubeconfig)).why).toContain("token");
});

test("never ends in anything but a CliError, whatever the file holds", async () => {
  const dir = await folder();
  await fc.assert(
    fc.asyncProperty(fc.oneof(fc.string(), fc.json()), async (text) => {
      await writeFile(join(dir, "config"), text);
      const result = await readKubeconfig(join(dir, "config"), {}, "/nowhere").catch((error: unknown) => error);
      expect(result instanceof CliError || (typeof result === "object" && result !== null && "contexts" in result)).toBe(true);
    }),
  );
});

test.each([
  ["its own name", { prod: "x", other: "z" }, "prod", "prod"],
  ["the cluster entry's name", { admin: "prod", other: "z" }, "prod", "admin"],
  ["an EKS ARN", { "arn:aws:eks:eu-west-1:1:cluster/prod": "arn", other: "z" }, "prod", "arn:aws:eks:eu-west-1:1:cluster/prod"],
  ["a GKE name", { gke_project_europe_prod: "g", other: "z" }, "prod", "gke_project_europe_prod"],
  ["the only one", { whatever: "x" }, "prod", "whatever"],
  ["its own name before an ARN", { "arn:aws:eks:eu-west-1:1:cluster/prod": "arn", prod: "z" }, "prod", "prod"],
])("a context fits by %s", async (_, contexts, cluster, expected) => {
  expect(chooseContext(await read(contexts), undefined, cluster).name).toBe(expected);
});

test("none or several fit: they are listed, and nothing is guessed", async () => {
  const none = await errorOf(read({ a: "a", b: "b" }).then((found) => chooseContext(found, undefined, "prod")));
  expect([none.kind, none.why]).toEqual([kinds.chooseContext, expect.stringContaining("a, b")]);
  const several = await errorOf(
    read({ "arn:aws:eks:eu-west-1:1:cluster/prod": "x", "arn:aws:eks:us-east-1:1:cluster/prod": "z", c: "c" }).then((found) =>
      chooseContext(found, undefined, "prod"),
    ),
  );
  expect([several.kind, several.message]).toEqual([kinds.chooseContext, expect.stringContaining("Several")]);
});

test("a context that is named must be there; a near one is suggested", async () => {
  const error = await errorOf(
    read({ "eks-prod": "x", "eks-staging": "z" }).then((found) => chooseContext(found, "eks-prd", "eks-staging")),
  );
  expect([error.kind, error.fix]).toEqual([kinds.unknownContext, "Did you mean --context eks-prod?"]);
  expectHidden(error);
});

test("without any name the current context counts, as for kubectl", async () => {
  expect(chooseContext(await read({ a: "a", b: "b" }, "b"), undefined, undefined).name).toBe("b");
});

test("a context whose cluster entry is missing", async () => {
  const { file } = await written("config", stringify({ contexts: [{ name: "a", context: { cluster: "gone", user: "me" } }] }));
  const error = await errorOf(readKubeconfig(file, {}, "/").then((found) => chooseContext(found, "a", undefined)));
  expect(error.kind).toBe(kinds.kubeconfig);
});

test("a file that many ask for is read once, and again when it was written anew", async () => {
  const { file } = await written("config", config({ a: "a" }, "https://one"));
  const [one, other] = await Promise.all([readKubeconfig(file, {}, "/nowhere"), readKubeconfig(file, {}, "/nowhere")]);
  expect(one.clusters.get("a")).toBe(other.clusters.get("a"));
  await writeFile(file, config({ a: "a" }, "https://two"));
  expect((await readKubeconfig(file, {}, "/nowhere")).clusters.get("a")?.server).toBe("https://two");
});
