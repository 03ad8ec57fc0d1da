import { mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { kinds } from "../../../src/errors.ts";
import { place } from "../../../src/systems/helm/arguments.ts";
import { openKube, type KubeChoice, type OpenedKube } from "../../../src/systems/kube/open-kube.ts";
import { kubectlIn } from "../../../src/systems/kubectl.ts";
import { Authority } from "../../fakes/tls/certificates.ts";
import { failsWith, folder, serve, type Served } from "./server.ts";

interface Pod {
  readonly served: Served;
  readonly account: string;
  readonly env: Record<string, string>;
  readonly home: string;
  open(choice?: KubeChoice, more?: Readonly<Record<string, string>>): Promise<OpenedKube>;
}

/** A pod with its service account, and nothing that names a kubeconfig. */
async function pod(): Promise<Pod> {
  const authority = new Authority("cluster");
  const answer = { json: { gitVersion: "v1.34.4", metadata: { name: "kube-system", uid: "u" } } };
  const served = await serve(() => answer, authority.issue(["127.0.0.1"]));
  const [account, home] = [await folder(), await folder()];
  await writeFile(join(account, "token"), "first\n");
  await writeFile(join(account, "ca.crt"), authority.ca);
  await writeFile(join(account, "namespace"), "ci");
  const env = { KUBERNETES_SERVICE_HOST: "127.0.0.1", KUBERNETES_SERVICE_PORT: String(served.port) };
  const open: Pod["open"] = async (choice = { cluster: "k" }, more = {}) => {
    const opened = await openKube(choice, { env: { ...env, ...more }, home, serviceAccount: account });
    onTestFinished(() => opened.wire.close());
    return opened;
  };
  return { served, account, env, home, open };
}

test("where nothing names a kubeconfig a pod's own service account is used, and its token read again", async () => {
  const { served, account, open } = await pod();
  const { client } = await open();
  expect(client.context).toContain("in-cluster");
  expect(client.server).toBe(served.url);
  await client.clusterUid();
  await writeFile(join(account, "token"), "second\n");
  await client.serverFacts();
  expect(served.seen.map(({ headers }) => headers.authorization)).toEqual(["Bearer first", "Bearer second"]);
});

test("an empty KUBECONFIG names none", async () => {
  const { open } = await pod();
  expect((await open({ cluster: "k" }, { KUBECONFIG: "" })).client.context).toContain("in-cluster");
});

test("helm and kubectl are told of no context", async () => {
  const { open } = await pod();
  const { client } = await open();
  const options = { program: "helm", env: {}, cwd: "/", kubeconfig: undefined, context: client.context };
  expect(place(options, "vault")).toEqual(["--namespace", "vault"]);
  expect(kubectlIn(client.context)).toBe("kubectl");
});

test("what names a kubeconfig is meant, and an error where it is missing", async () => {
  const { home, open } = await pod();
  await failsWith(open({ kubeconfig: join(home, "gone") }), kinds.kubeconfig);
  await failsWith(open({ cluster: "k" }, { KUBECONFIG: join(home, "gone") }), kinds.kubeconfig);
  await failsWith(open({ context: "prod" }), kinds.kubeconfig);
  await mkdir(join(home, ".kube"));
  await writeFile(
    join(home, ".kube/config"),
    "contexts: [{ name: a, context: { cluster: a } }]\nclusters: [{ name: a, cluster: { server: 'https://a.test' } }]\n",
  );
  expect((await open()).client.context).toBe("a");
});

test.each([["KUBERNETES_SERVICE_HOST"], ["KUBERNETES_SERVICE_PORT"]])("without %s it is no pod", async (name) => {
  const { open } = await pod();
  const error = await failsWith(open({ cluster: "k" }, { [name]: "" }), kinds.kubeconfig);
  expect(error.why).toContain("service account");
});

test("a pod without a service account has none to use", async () => {
  const { account, open } = await pod();
  await rm(join(account, "token"));
  await failsWith(open(), kinds.kubeconfig);
});
