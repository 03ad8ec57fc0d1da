import { expect, test } from "vitest";
import { failure, kinds } from "../../../src/errors.ts";
import type { KubeObject, Readers } from "../../../src/systems/world.ts";
import { goesForOthers } from "../../../src/vault/install/reachable.ts";

const service = (spec: object, ip?: string): KubeObject => ({
  apiVersion: "v1",
  kind: "Service",
  metadata: { name: "vault-ui", namespace: "vault" },
  spec: { ports: [{ port: 8200, nodePort: 30200 }], ...spec },
  ...(ip !== undefined && { status: { loadBalancer: { ingress: [{ ip }] } } }),
});
const ingress = (spec: object): KubeObject => ({
  apiVersion: "networking.k8s.io/v1",
  kind: "Ingress",
  metadata: { name: "vault", namespace: "vault" },
  spec: { rules: [{ host: "vault.example.com" }], ...spec },
});
const balancer = service({ type: "LoadBalancer" }, "10.2.0.7");

/** Who else logs in cannot be known, which counts as somebody. */
const world = (live: KubeObject): Readers =>
  ({
    kube: {
      list: ({ kind }: { kind: string }) => Promise.resolve([live].filter((one) => one.kind === kind)),
      clusterUid: () => Promise.resolve("u"),
    },
    vault: new Proxy({}, { get: () => () => Promise.reject(failure(kinds.vaultDenied, { what: "no" })) }),
  }) as unknown as Readers;
const place = { namespace: "vault", release: "vault", authMount: "k8s-prod", forceAddress: false };
const goes = async (live: KubeObject, wanted: KubeObject): Promise<boolean> =>
  (await goesForOthers(world(live), place, [wanted])) !== undefined;

test.each([
  ["a load balancer that becomes a port of the nodes", balancer, service({ type: "NodePort" })],
  ["another address of a load balancer", balancer, service({ type: "LoadBalancer", loadBalancerIP: "10.2.0.9" })],
  [
    "an address of a load balancer that is asked for no more",
    service({ type: "LoadBalancer", loadBalancerIP: "10.2.0.7" }, "10.2.0.7"),
    balancer,
  ],
  ["another port of a load balancer", balancer, service({ type: "LoadBalancer", ports: [{ port: 443 }] })],
  ["another port of the nodes", service({ type: "NodePort" }), service({ type: "NodePort", ports: [{ port: 8200, nodePort: 31000 }] })],
  ["an external address", service({ externalIPs: ["10.9.9.9"] }), service({})],
  ["https of a host", ingress({ tls: [{ hosts: ["vault.example.com"], secretName: "s" }] }), ingress({})],
  ["a host", ingress({}), ingress({ rules: [{ host: "other.example.com" }] })],
])("%s is a way in that goes", async (_, live, wanted) => {
  expect(await goes(live, wanted)).toBe(true);
});

test.each([
  ["what is as it was", balancer, service({ type: "LoadBalancer", ports: [{ port: 8200 }] })],
  ["the address that it has, asked for by name", balancer, service({ type: "LoadBalancer", loadBalancerIP: "10.2.0.7" })],
  ["ports of the nodes behind a load balancer", service({ type: "NodePort" }), balancer],
  ["a Service inside the cluster", service({}), service({ ports: [{ port: 1 }] })],
  ["one more host", ingress({}), ingress({ rules: [{ host: "vault.example.com" }, { host: "b.example.com" }] })],
])("%s is no loss", async (_, live, wanted) => {
  expect(await goes(live, wanted)).toBe(false);
});
