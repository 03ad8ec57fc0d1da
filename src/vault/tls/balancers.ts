import type { InstallSpec } from "../../config/spec/install.ts";
import type { Say } from "../../core/resource.ts";
import { untilSettled } from "../../core/settle.ts";
import type { KubeObject, Readers } from "../../systems/world.ts";

type Release = Pick<InstallSpec, "namespace" | "release">;

/** Services of the release that a load balancer stands before. */
async function balancers({ kube }: Readers, { namespace, release }: Release): Promise<KubeObject[]> {
  const services = await kube.list({
    apiVersion: "v1",
    kind: "Service",
    namespace,
    labelSelector: `app.kubernetes.io/instance=${release}`,
  });
  return services.filter((service) => (service["spec"] as { type?: string } | undefined)?.type === "LoadBalancer");
}

interface BalancerStatus {
  readonly loadBalancer?: { readonly ingress?: readonly { readonly ip?: string; readonly hostname?: string }[] };
}

/** The addresses that a Service's load balancer has; none while it is being made. */
const addressesOf = (service: KubeObject): string[] =>
  ((service["status"] ?? {}) as BalancerStatus).loadBalancer?.ingress?.flatMap(({ ip, hostname }) =>
    [ip, hostname].filter((one) => one !== undefined),
  ) ?? [];

/** The addresses that load balancers have got so far. */
export const balancerAddresses = async (read: Readers, release: Release): Promise<string[]> =>
  (await balancers(read, release)).flatMap(addressesOf);

/** Waits until every load balancer has its address. One that gets none in time is told, and does not stop the run. */
export async function waitForBalancers(read: Readers, release: Release, withinMs: number, say: Say): Promise<void> {
  const waiting = async () => (await balancers(read, release)).filter((service) => addressesOf(service).length === 0);
  if ((await waiting()).length > 0) say("waiting for the load balancer's address");
  const left = await untilSettled(waiting, (services) => services.length === 0, { withinMs, everyMs: 1_000 });
  if (left.length > 0) say("the load balancer has no address yet; run the same command again when it has");
}
