import type { KubeClient, KubeObject } from "../client.ts";
import { balancerAddress } from "../node/network.ts";
import type { ClusterSpec } from "../spec.ts";

interface Service extends KubeObject {
  readonly metadata: KubeObject["metadata"] & { readonly uid: string };
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
  let given = new Map<string, string>();
  return async (kube) => {
    const services = await kube.list<Service>("/api/v1/services");
    given = addresses(spec, services.filter(isBalancer), given);
    for (const service of services) await settle(kube, service, given.get(service.metadata.uid));
    syncAddresses(onNode, new Set(given.values()));
  };
}

/** The address of each balancer by its uid. What was given stays, also while the list does not show it yet. */
function addresses(spec: ClusterSpec, balancers: Service[], before: ReadonlyMap<string, string>): Map<string, string> {
  const known = balancers.map(({ metadata, status }) => {
    const ip = status?.loadBalancer?.ingress?.[0]?.ip ?? before.get(metadata.uid);
    return [metadata.uid, ip] as const;
  });
  const taken = new Set(known.map(([, ip]) => ip));
  const all = known.map(([uid, ip]) => {
    const address = ip ?? firstFree(spec, taken);
    taken.add(address);
    return [uid, address] as const;
  });
  return new Map(all);
}

async function settle(kube: KubeClient, service: Service, wanted: string | undefined): Promise<void> {
  const shown = service.status?.loadBalancer?.ingress?.[0]?.ip;
  if (shown === wanted) return;
  const ingress = wanted === undefined ? null : [{ ip: wanted, ipMode: "VIP" }];
  const { namespace, name } = service.metadata;
  const path = `/api/v1/namespaces/${namespace}/services/${name}/status`;
  await kube.merge(path, { status: { loadBalancer: { ingress } } });
}

function isBalancer(service: Service): boolean {
  return service.spec.type === "LoadBalancer" && service.metadata.deletionTimestamp === undefined;
}

function firstFree(spec: ClusterSpec, taken: ReadonlySet<string | undefined>): string {
  for (let last = 101; last < 255; last += 1) {
    const address = `${spec.balancerPrefix}${last}`;
    if (!taken.has(address)) return address;
  }
  throw new Error("no load balancer address is left");
}

function syncAddresses(onNode: Set<string>, wanted: ReadonlySet<string>): void {
  for (const address of wanted) if (!onNode.has(address)) balancerAddress("replace", address);
  for (const address of onNode) if (!wanted.has(address)) balancerAddress("del", address);
  onNode.clear();
  for (const address of wanted) onNode.add(address);
}
