import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { stringify } from "yaml";
import { type Flags } from "../../../src/config/sources.ts";
import { kinds } from "../../../src/errors.ts";
import { openWorld, type World } from "../../../src/run/world/open.ts";
import { NotYet } from "../../../src/core/errors.ts";
import { Authority } from "../../fakes/tls/certificates.ts";
import { specFrom } from "../spec.ts";
import { failsWith, folder, serve, type Seen } from "../systems/server.ts";

type Objects = Record<string, unknown>;

/** A world over one API server that holds the given objects by path; both contexts lead to it. */
async function world(flags: Flags, objects: Objects = {}): Promise<{ world: World; seen: Seen[]; told: string[] }> {
  const { url, seen } = await serve(({ path }) => {
    const found = objects[path.replace(/\?.*/, "")];
    if (found !== undefined) return { json: found };
    return /\/(pods|services|statefulsets|ingresses)$/.test(path.replace(/\?.*/, ""))
      ? { json: { items: [] } }
      : { status: 404, json: { kind: "Status", reason: "NotFound", message: "not found", details: { name: "x" } } };
  });
  const dir = await folder();
  await writeFile(
    join(dir, "config"),
    stringify({
      clusters: [{ name: "c", cluster: { server: url } }],
      users: [{ name: "u", user: { token: "t" } }],
      contexts: ["prod", "staging"].map((name) => ({ name, context: { cluster: "c", user: "u" } })),
    }),
  );
  const spec = await specFrom({ cluster: "prod", kubeconfig: join(dir, "config"), ...flags }, dir);
  const told: string[] = [];
  const opened = await openWorld(spec, {
    env: {},
    home: dir,
    cwd: dir,
    onRequest: (method, target) => void told.push(`${method} ${target.replace(url, "")}`),
  });
  onTestFinished(() => opened.close());
  return { world: opened, seen, told };
}

const vaultSpec = (scheme: string): object => ({
  containers: [{ name: "vault", env: [{ name: "VAULT_ADDR", value: `${scheme}://127.0.0.1:8200` }] }],
});
const ofSet = { ownerReferences: [{ apiVersion: "apps/v1", kind: "StatefulSet", name: "a set", uid: "set", controller: true }] };
const vaultPod = (scheme: string, name = "vault-0"): object => ({
  items: [{ metadata: { name, namespace: "vault", ...ofSet }, status: { phase: "Running" }, spec: vaultSpec(scheme) }],
});
const vaultSet = (scheme: string, name = "vault"): Record<string, object> => ({
  "/apis/apps/v1/namespaces/vault/statefulsets": {
    items: [{ metadata: { name, namespace: "vault", uid: "set" }, spec: { replicas: 3, template: { spec: vaultSpec(scheme) } } }],
  },
});
const balancer = (address: object | undefined, selector: object = {}): object => ({
  metadata: { name: "balancer" },
  spec: { type: "LoadBalancer", selector, ports: [{ name: "http", port: 8200 }] },
  status: { loadBalancer: address === undefined ? {} : { ingress: [address] } },
});
const services = "/api/v1/namespaces/vault/services";

test("opening sends nothing", async () => {
  const { world: opened, seen } = await world({});
  expect([opened.kube.context, opened.where.vaultIs, opened.vault.describe()]).toEqual([
    "prod",
    "cluster",
    "namespace vault of context prod",
  ]);
  expect(seen).toHaveLength(0);
});

test("client-node, which takes most of a second to load, is not loaded before it is used", async () => {
  const open = new URL("../../../src/run/world/open.ts", import.meta.url).href;
  const script = `import { registerHooks } from "node:module";
    const loaded = [];
    registerHooks({ resolve: (name, context, next) => { loaded.push(name); return next(name, context); } });
    await import(${JSON.stringify(open)});
    console.log(JSON.stringify(loaded.filter((name) => name.startsWith("@kubernetes"))));`;
  const { stdout } = await promisify(execFile)(process.execPath, ["--input-type=module", "-e", script]);
  expect(JSON.parse(stdout)).toEqual([]);
});

test("which Vault: said by settings, never guessed", async () => {
  expect((await world({ vaultAddr: "https://vault.example" })).world).toMatchObject({
    where: { vaultIs: "address" },
    vaultKube: undefined,
  });
  expect((await world({ vaultAddr: "https://vault.example", install: true })).world.where.vaultIs).toBe("cluster");
  const other = (await world({ vaultContext: "staging" })).world;
  expect([other.where.vaultIs, other.kube.context, other.vaultKube?.context]).toEqual(["other-cluster", "prod", "staging"]);
  expect((await world({ vaultNodes: ["http://a:8200"] })).world.where.vaultIs).toBe("address");
  await failsWith(world({ vaultAddr: "https://vault.example", vaultContext: "staging" }), kinds.usage);
  await failsWith(world({ vaultContext: "stagin" }), kinds.unknownContext);
});

test("the address inside the cluster: before Vault is there by the chart's rule, then by its pods and Services", async () => {
  expect(await (await world({})).world.where.consumerAddress()).toBe("https://vault-active.vault.svc:8200");
  expect(await (await world({ insecureNoTls: true })).world.where.consumerAddress()).toBe("http://vault-active.vault.svc:8200");
  expect(await (await world({ release: "secrets" })).world.where.consumerAddress()).toBe("https://secrets-vault-active.vault.svc:8200");
  const alone = { "/api/v1/namespaces/vault/pods": vaultPod("https", "my-bao-0"), ...vaultSet("https", "my-bao") };
  expect(await (await world({}, alone)).world.where.consumerAddress()).toBe("https://my-bao.vault.svc:8200");
  expect(
    await (
      await world({}, { ...alone, [`${services}/my-bao-active`]: { metadata: { name: "my-bao-active" }, spec: {} } })
    ).world.where.consumerAddress(),
  ).toBe("https://my-bao-active.vault.svc:8200");
});

test("while pods go over from http to https, the CA is what those are told that were replaced", async () => {
  const { ca } = new Authority("vault");
  const replaced = {
    metadata: { name: "vault-1", namespace: "vault", ...ofSet },
    spec: {
      containers: [
        { env: [{ name: "VAULT_CACERT", value: "/vault/tls/ca.crt" }], volumeMounts: [{ name: "tls", mountPath: "/vault/tls" }] },
      ],
      volumes: [{ name: "tls", secret: { secretName: "vault-tls" } }],
    },
  };
  const { items } = vaultPod("http") as { items: object[] };
  const { world: opened } = await world(
    {},
    {
      ...vaultSet("https"),
      "/api/v1/namespaces/vault/pods": { items: [...items, replaced] },
      "/api/v1/namespaces/vault/secrets/vault-tls": {
        metadata: { name: "vault-tls" },
        data: { "ca.crt": Buffer.from(ca).toString("base64") },
      },
    },
  );
  expect([await opened.where.vaultCa(), (await opened.where.vaultCaObject())?.name]).toEqual([ca, "vault-tls"]);
});

test("an address is what pods are told, without the slash at its end, unless they are told another", async () => {
  expect(await (await world({ vaultAddr: "https://vault.example/" })).world.where.consumerAddress()).toBe("https://vault.example");
  expect(
    await (await world({ vaultAddr: "https://vault.example", consumerVaultAddr: "https://inner.example" })).world.where.consumerAddress(),
  ).toBe("https://inner.example");
  await failsWith((await world({ vaultNodes: ["http://a:8200"] })).world.where.consumerAddress(), kinds.noConsumerAddress);
});

test.each([
  [
    "the UI's load balancer, when it leads to the active pod",
    { "/vault-ui": balancer({ ip: "10.9.9.9" }, { "vault-active": "true" }), "/vault": balancer({ ip: "10.1.1.1" }) },
    "http://10.9.9.9:8200",
  ],
  [
    "not the UI's when it leads to any pod",
    { "/vault-ui": balancer({ ip: "10.9.9.9" }), "/vault-active": balancer({ hostname: "lb.example" }) },
    "http://lb.example:8200",
  ],
  ["that of all pods, as the last", { "/vault": balancer({ ip: "fd00::1" }) }, "http://[fd00::1]:8200"],
])("from another cluster: %s", async (_, found, expected) => {
  const objects: Objects = {
    "/api/v1/namespaces/vault/pods": vaultPod("http"),
    ...Object.fromEntries(Object.entries(found).map(([name, object]) => [services + name, object])),
  };
  const told = async (insecureNoTls: boolean) =>
    (await world({ vaultContext: "staging", insecureNoTls }, objects)).world.where.consumerAddress();
  expect(await told(true)).toBe(expected);
  // Tokens and secrets of other clusters go by it.
  await expect(told(false)).rejects.toMatchObject({ kind: kinds.noConsumerAddress, message: expect.stringContaining(expected) as string });
});

test.each([
  ["http://vault.example.com:8200", false],
  ["http://10.20.0.101:8200", false],
  ["http://[fd00::7]:8200", false],
  ["http://vault.svc.example.com", false],
  ["http://vault-active.vault.svc:8200", true],
  ["http://vault-active.vault.svc.cluster.local.:8200", true],
  ["http://vault:8200", true],
  ["http://localhost:8200", true],
  ["http://[::1]:8200", true],
  ["https://vault.example.com:8200", true],
])("pods are sent to %s without --insecure-no-tls: %s", async (address, taken) => {
  const addressOf = async (flags: Flags) => (await world(flags)).world.where.consumerAddress();
  for (const flags of [{ vaultAddr: address }, { vaultAddr: "https://vault.example.com", consumerVaultAddr: address }]) {
    if (taken) expect(await addressOf(flags)).toBe(address);
    else {
      const error = await failsWith(addressOf(flags), kinds.noConsumerAddress);
      expect(error.message).toContain(address);
      expect(error.fix).toContain("--insecure-no-tls goes on with http");
    }
    expect(await addressOf({ ...flags, insecureNoTls: true })).toBe(address);
  }
});

test("from another cluster: an Ingress without TLS is used only where http is wanted", async () => {
  const ingresses = {
    "/apis/networking.k8s.io/v1/namespaces/vault/ingresses": {
      items: [{ metadata: { name: "vault" }, spec: { rules: [{ host: "vault.example" }] } }],
    },
  };
  const told = async (settings: object) => (await world({ vaultContext: "staging", ...settings }, ingresses)).world.where.consumerAddress();
  await expect(told({ insecureNoTls: false })).rejects.toMatchObject({
    kind: kinds.noConsumerAddress,
    fix: expect.stringMatching(/--ingress-tls-secret.*--consumer-vault-addr https:.*--insecure-no-tls/s) as string,
  });
  expect(await told({ insecureNoTls: true })).toBe("http://vault.example");
});

test("from another cluster: an Ingress, one that is still being made, and none", async () => {
  const ingresses = {
    "/apis/networking.k8s.io/v1/namespaces/vault/ingresses": {
      items: [{ metadata: { name: "vault" }, spec: { rules: [{ host: "vault.example" }], tls: [{}] } }],
    },
  };
  expect(await (await world({ vaultContext: "staging" }, ingresses)).world.where.consumerAddress()).toBe("https://vault.example");
  const waiting = await world({ vaultContext: "staging" }, { [`${services}/vault`]: balancer(undefined) });
  expect(await failsWith(waiting.world.where.consumerAddress(), kinds.noConsumerAddress)).toBeInstanceOf(NotYet);
  expect(
    (await failsWith((await world({ vaultContext: "staging" })).world.where.consumerAddress(), kinds.noConsumerAddress)).fix,
  ).toContain("--expose LoadBalancer");
});

test("init and unseal over one shared address are refused with the reason", async () => {
  const { nodes } = (await world({ vaultAddr: "https://vault.example" })).world;
  expect((await failsWith(nodes.nodes(), kinds.oneNodeEach)).why).toContain("two Vaults");
  expect(
    await (await world({ vaultAddr: "https://vault.example", vaultNodes: ["http://b:8200", "http://a:8200/"] })).world.nodes.nodes(),
  ).toEqual([
    { name: "http://a:8200", peerAddress: "http://a:8200", phase: "Running" },
    { name: "http://b:8200", peerAddress: "http://b:8200", phase: "Running" },
  ]);
});

test("the CA file: its PEM, or why not", async () => {
  const dir = await folder();
  const { ca } = new Authority("vault");
  await writeFile(join(dir, "ca.pem"), ca);
  await writeFile(join(dir, "text.pem"), "hello");
  await writeFile(join(dir, "broken.pem"), "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n");
  expect(await (await world({ caCert: join(dir, "ca.pem") })).world.where.vaultCa()).toBe(ca);
  await failsWith((await world({})).world.where.vaultCa(), kinds.vaultNotInstalled);
  for (const name of ["text.pem", "broken.pem", "missing.pem"]) await failsWith(world({ caCert: join(dir, name) }), kinds.badValue);
});

test("requests are told by method and address, without queries", async () => {
  const { world: opened, told } = await world({});
  await opened.nodes.nodes();
  expect(told).toEqual(["GET /api/v1/namespaces/vault/pods", "GET /apis/apps/v1/namespaces/vault/statefulsets"]);
});

test.each([
  [{}, "vault-active"],
  [{ chart: "openbao" }, "vault-openbao-active"],
  [{ chart: "openbao", release: "openbao" }, "openbao-active"],
])("before %o is installed, pods are told of its Service by the chart's rule: %s", async (flags, name) => {
  const { world: opened } = await world(flags);
  expect(await opened.where.consumerAddress()).toBe(`https://${name}.vault.svc:8200`);
});
