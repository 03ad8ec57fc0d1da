import type { KubeClient, KubeObject } from "../client.ts";
import { balancerAddress } from "../node/network.ts";
import type { ClusterSpec } from "../spec.ts";

interface Service extends KubeObject {
  readonly spec: { readonly type?: string };
  readonly status?: {
    readonly loadBalancer?: { readonly ingress?: readonly { readonly ip?: string }[] };
  };
}

/**
 * Gives every Service of type LoadBalancer an address of its own on the node, as a cloud would, and takes it back
 * when the Service is gone. With one address for all, two Services of the same port would hide each other.
 */
export function loadBalancers(spec: ClusterSpec): (kube: KubeClient) => Promise<void> {
  const onNode = new Set<string>();
  return async (kube) => {
    const services = await kube.list<Service>("/api/v1/services");
    const wanted = new Set(services.filter(isBalancer).flatMap(addressOf));
    for (const service of services) {
      if (isBalancer(service) && addressOf(service).length === 0) {
        const address = firstFree(spec, wanted);
        wanted.add(address);
        await setStatus(kube, service, [{ ip: address, ipMode: "VIP" }]);
      }
      if (!isBalancer(service) && addressOf(service).length > 0)
        await setStatus(kube, service, null);
    }
    syncAddresses(onNode, wanted);
  };
}

function isBalancer(service: Service): boolean {
  return service.spec.type === "LoadBalancer" && service.metadata.deletionTimestamp === undefined;
}

function addressOf(service: Service): string[] {
  const ingress = service.status?.loadBalancer?.ingress ?? [];
  return ingress.flatMap(({ ip }) => (ip === undefined ? [] : [ip]));
}

function firstFree(spec: ClusterSpec, taken: ReadonlySet<string>): string {
  for (let last = 101; last < 255; last += 1) {
    const address = `${spec.balancerPrefix}${last}`;
    if (!taken.has(address)) return address;
  }
  throw new Error("no load balancer address is left");
}

async function setStatus(
  kube: KubeClient,
  { metadata }: Service,
  ingress: object[] | null,
): Promise<void> {
  const path = `/api/v1/namespaces/${metadata.namespace}/services/${metadata.name}/status`;
  await kube.merge(path, { status: { loadBalancer: { ingress } } });
}

function syncAddresses(onNode: Set<string>, wanted: ReadonlySet<string>): void {
  for (const address of wanted) if (!onNode.has(address)) balancerAddress("replace", address);
  for (const address of onNode) if (!wanted.has(address)) balancerAddress("del", address);
  onNode.clear();
  for (const address of wanted) onNode.add(address);
}
