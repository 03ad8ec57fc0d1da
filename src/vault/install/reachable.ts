import type { Refusal } from "../../core/resource.ts";
import { at, list, text } from "../../core/values.ts";
import type { KubeObject, Readers } from "../../systems/world.ts";
import { whoElseLogsIn } from "../users.ts";

/** What says how a Vault is reached from outside of its cluster. */
interface Reachable {
  readonly namespace: string;
  readonly release: string;
  readonly authMount: string;
  /** Others were thought of. */
  readonly forceAddress: boolean;
}

/**
 * An address or a name of Vault that would go while others log in to it: their stores name it. Undefined where none goes, where nobody else
 * logs in, or with consent. Who cannot be asked counts as somebody.
 */
export async function goesForOthers(read: Readers, of: Reachable, wanted: readonly KubeObject[]): Promise<Refusal | undefined> {
  if (of.forceAddress) return undefined;
  const going = (await ofRelease(read, of)).filter((live) =>
    goes(
      live,
      wanted.find((object) => isSame(object, live)),
    ),
  );
  if (going.length === 0) return undefined;
  const others = await whoElseLogsIn(read, of.authMount);
  if (others === undefined) return undefined;
  return {
    reason: `${going.map(said).join(", ")} would go, and ${others}`,
    question: "Take it away?",
    fix: "To keep it, say what it was made with (--expose, --ingress-host, --values, --set). Where the others reach Vault elsewhere already, or may lose it, --force-address takes it away.",
  };
}

/** Services and Ingresses as they are. */
async function ofRelease({ kube }: Readers, { namespace, release }: Reachable): Promise<KubeObject[]> {
  const labelSelector = `app.kubernetes.io/instance=${release}`;
  const all = await Promise.all([
    kube.list({ apiVersion: "v1", kind: "Service", namespace, labelSelector }),
    kube.list({ apiVersion: "networking.k8s.io/v1", kind: "Ingress", namespace, labelSelector }),
  ]);
  return all.flat();
}

const isSame = (one: KubeObject, other: KubeObject): boolean => one.kind === other.kind && one.metadata.name === other.metadata.name;

/** Whether a way into Vault from outside of its cluster is no more in what helm would make. */
function goes(live: KubeObject, wanted: KubeObject | undefined): boolean {
  const kept = new Set(wanted === undefined ? [] : ways(wanted));
  return ways(live).some((way) => !kept.has(way)) || (wanted !== undefined && moves(live, wanted));
}

/** Whether another address or another port of the nodes is asked for than it has. Where none is asked for the server keeps what it gave. */
function moves(live: KubeObject, wanted: KubeObject): boolean {
  const ip = (service: KubeObject): string | undefined => text(at(service, "spec", "loadBalancerIP"));
  const next = ip(wanted);
  return (
    (ip(live) !== next && !balanced(live).some((one) => one === next)) || nodePorts(wanted).some((port) => !nodePorts(live).includes(port))
  );
}

const nodePorts = (service: KubeObject): string[] =>
  list(at(service, "spec", "ports")).flatMap((port) => (at(port, "nodePort") === undefined ? [] : String(at(port, "nodePort"))));

/** Each way in from outside; what the server gives by itself, an address or a number, is not said. */
function ways(object: KubeObject): string[] {
  const { kind } = object;
  if (kind === "Ingress") return [...ruled(object).map((host) => `host ${host}`), ...secured(object).map((host) => `https ${host}`)];
  const type = text(at(object, "spec", "type")) ?? "ClusterIP";
  const ips = list(at(object, "spec", "externalIPs")).map((ip) => `address ${String(ip)}`);
  if (type !== "LoadBalancer" && type !== "NodePort") return ips;
  const ports = list(at(object, "spec", "ports")).map((port) => `port ${String(at(port, "port"))}`);
  // A load balancer reaches it by ports of the nodes.
  return [...ips, "nodes", ...(type === "LoadBalancer" ? ["balancer", ...ports] : [])];
}

const balanced = (service: KubeObject): string[] =>
  list(at(service, "status", "loadBalancer", "ingress")).flatMap((one) => text(at(one, "ip")) ?? text(at(one, "hostname")) ?? []);

const ruled = (ingress: KubeObject): string[] => list(at(ingress, "spec", "rules")).flatMap((rule) => text(at(rule, "host")) ?? []);

const secured = (ingress: KubeObject): string[] =>
  list(at(ingress, "spec", "tls")).flatMap((one) => list(at(one, "hosts")).flatMap((host) => text(host) ?? []));

function said(object: KubeObject): string {
  const { kind, metadata } = object;
  const hosts = kind === "Ingress" ? ruled(object) : balanced(object);
  return `${kind} ${metadata.namespace ?? ""}/${metadata.name}${hosts.length === 0 ? "" : ` (${hosts.join(", ")})`}`;
}
