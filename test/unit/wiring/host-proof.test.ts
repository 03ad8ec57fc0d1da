import net from "node:net";
import tls from "node:tls";
import { expect, test } from "vitest";
import type { Spec } from "../../../src/config/spec.ts";
import type { Writers } from "../../../src/systems/world.ts";
import { proofsFromHere } from "../../../src/systems/proofs.ts";
import { authConfig } from "../../../src/wiring/auth/config.ts";
import { kinds } from "../../../src/errors.ts";
import { Authority } from "../../fakes/tls/certificates.ts";
import { httpProxy } from "../../fakes/wire/proxy.ts";
import { errorOf, listening, serve } from "../systems/server.ts";

const authority = new Authority("cluster");
const answer = {
  status: 201,
  json: { status: { authenticated: true, user: { username: "system:serviceaccount:vault-k8s:vault-reviewer" } } },
};

/** A front that lets through only TLS for its own name, as an SNI router does: with an alert, or by a broken connection. */
async function front(how: "alert" | "reset"): Promise<string> {
  const own = tls.createSecureContext(authority.issue(["api.corp.test"]));
  const server = tls.createServer({
    SNICallback: (name, found) => (name === "api.corp.test" ? found(null, own) : found(new Error("unknown name"))),
  });
  const plain = net.createServer((socket) => socket.once("data", () => socket.resetAndDestroy()).on("error", () => undefined));
  return `https://127.0.0.1:${await listening(how === "alert" ? server : plain)}`;
}

interface Written {
  readonly paths: string[];
  readonly said: string[];
}

/** Writes the config of an auth mount, where Vault is in the wired cluster or at an address. */
async function write(
  server: string,
  vaultIs: "cluster" | "address",
  options: Partial<Parameters<typeof proofsFromHere>[0]> = {},
): Promise<Written> {
  const [paths, said]: [string[], string[]] = [[], []];
  const secret = {
    apiVersion: "v1",
    kind: "Secret",
    metadata: { name: "vault-reviewer-token", namespace: "vault-k8s", annotations: {} },
    data: { token: btoa("reviewer"), "ca.crt": btoa(authority.ca) },
  };
  const writers = {
    where: { vaultIs },
    kube: {
      context: "k",
      server,
      get: () => Promise.resolve(secret),
      patch: () => Promise.resolve(secret),
      clusterUid: () => Promise.resolve("uid"),
    },
    vaultKube: undefined,
    vault: {
      get: () => Promise.resolve({ data: { "k8s-k/": { type: "kubernetes", accessor: "a", description: "" } } }),
      post: (path: string) => Promise.resolve(void paths.push(path)),
    },
    proofs: proofsFromHere({ env: {}, timeoutMs: 2_000, ...options }),
  } as unknown as Writers;
  const reviewer = { kind: "token", namespace: "vault-k8s", serviceAccount: "vault-reviewer" };
  const wiring = { authMount: "k8s-k", apiServer: { address: undefined, caCert: undefined, proof: true }, reviewer };
  const spec = { wiring, consumers: [], vault: { install: {} }, run: {} } as unknown as Spec;
  await authConfig(spec).apply(writers, (words) => void said.push(words));
  return { paths, said };
}

const nothing = "https://127.0.0.1:1";

test.each(["alert", "reset", "nothing"] as const)(
  "where Vault is in the wired cluster, a front that ends it by %s proves nothing",
  async (how) => {
    const { paths, said } = await write(how === "nothing" ? nothing : await front(how), "cluster");
    expect(said.at(-1)).toContain("not proven from here");
    expect(paths).toEqual(["auth/k8s-k/config"]);
  },
);

test("where it is at an address, Vault itself has to reach it", async () => {
  const error = await errorOf(write("https://api.corp.test:16443", "address"));
  expect(error.kind).toBe(kinds.hostNotProven);
});

test("the proof goes through the proxy of the kubeconfig, and through that of the environment", async () => {
  const { port } = await serve(() => answer, authority.issue(["kubernetes.default.svc", "api.corp.test"]));
  const proxy = httpProxy({ "api.corp.test:16443": port });
  const url = new URL(`http://127.0.0.1:${await listening(proxy.server)}`);
  const server = "https://api.corp.test:16443";
  const byKubeconfig = await write(server, "cluster", { apiServer: { server, proxy: url } });
  const byEnvironment = await write(server, "address", { env: { HTTPS_PROXY: url.href } });
  expect([byKubeconfig.said, byEnvironment.said].flat().join()).not.toContain("not proven");
  expect(proxy.asked).toEqual(["CONNECT api.corp.test:16443", "CONNECT api.corp.test:16443"]);
});
