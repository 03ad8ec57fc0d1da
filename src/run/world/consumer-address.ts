import { failure, kinds, notYet } from "../../errors.ts";
import { secretText } from "../../systems/secret-data.ts";
import type { KubeObject, KubeReader } from "../../systems/world.ts";
import { schemeOf, schemeOfSet } from "../../systems/vault/scheme.ts";
import { releasePods } from "../../systems/vault-pods.ts";
import { kubectlIn } from "../../systems/kubectl.ts";

/** The Vault release whose address is wanted. */
export interface VaultRelease {
  readonly kube: KubeReader;
  readonly namespace: string;
  readonly release: string;
  /** What its chart calls its objects by its rule. */
  readonly byRule: string;
  /** https where nothing in the cluster says the scheme. */
  readonly secureByDefault: boolean;
}

/** The address inside Vault's own cluster: the Service of the active pod, else the one of all pods. */
export async function addressInside(vault: VaultRelease): Promise<string> {
  const { fullname, scheme, installed } = await names(vault);
  const active = `${fullname}-active`;
  if (!installed) return `${scheme}://${active}.${vault.namespace}.svc:8200`;
  const found = (await service(vault, active)) ?? (await service(vault, fullname));
  return `${scheme}://${found?.metadata.name ?? fullname}.${vault.namespace}.svc:${portOf(found)}`;
}

/** Of the API, which either chart calls by its scheme. */
function portOf(service: KubeObject | undefined): number {
  const ports = service === undefined ? [] : (shape(service).spec?.ports ?? []);
  return (ports.find(({ name }) => name === "http" || name === "https") ?? ports[0])?.port ?? 8200;
}

/** An address outside, and the Ingress that it belongs to, if it does. */
export interface OutsideAddress {
  readonly address: string;
  readonly ingress?: KubeObject | undefined;
}

/**
 * The address at which another cluster reaches Vault's pods: a load balancer that stands before the active pod, or an Ingress.
 * @param plainToo whether http was asked for
 * @throws CliError VK1214 with how to make one, also for one of http where that was not asked for: tokens and secrets of other clusters would
 * go by it.
 */
export async function addressOutside(vault: VaultRelease, plainToo: boolean): Promise<OutsideAddress> {
  const { fullname, scheme } = await names(vault);
  const [ui, active, all, ingresses] = await Promise.all([
    service(vault, `${fullname}-ui`),
    service(vault, `${fullname}-active`),
    service(vault, fullname),
    vault.kube.list({
      apiVersion: "networking.k8s.io/v1",
      kind: "Ingress",
      namespace: vault.namespace,
      labelSelector: `app.kubernetes.io/instance=${vault.release}`,
    }),
  ]);
  const balancers = [
    ...(ui !== undefined && selectsActive(ui) ? [ui] : []),
    ...(active === undefined ? [] : [active]),
    ...(all === undefined ? [] : [all]),
  ].filter(isBalancer);
  const found = [
    ...balancers.map((one) => ({ address: balancerAddress(one, scheme) })),
    ...ingresses.map((ingress) => ({ address: ingressAddress(ingress), ingress })),
  ].find((one): one is OutsideAddress => one.address !== undefined);
  if (found?.address.startsWith("http:") === true && !plainToo)
    throw found.ingress === undefined ? plainBalancer(vault, found.address) : plainIngress(vault, found.ingress);
  if (found !== undefined) return found;
  throw balancers.length > 0 ? pending(vault, balancers) : notExposed(vault);
}

interface Names {
  readonly fullname: string;
  readonly scheme: "http" | "https";
  readonly installed: boolean;
}

/** As the pods say it; before there are any, as the chart will name things. */
async function names({ kube, namespace, release, byRule, secureByDefault }: VaultRelease): Promise<Names> {
  const { set, pods } = await releasePods(kube, { namespace, release });
  if (set === undefined) return { fullname: byRule, scheme: secureByDefault ? "https" : "http", installed: false };
  const [pod] = pods;
  const scheme = pod === undefined ? schemeOfSet(set, secureByDefault) : await schemeOf(kube, set, pod, secureByDefault);
  return { fullname: set.metadata.name, scheme, installed: true };
}

const service = ({ kube, namespace }: VaultRelease, name: string): Promise<KubeObject | undefined> =>
  kube.get({ apiVersion: "v1", kind: "Service", name, namespace });

interface ServiceShape {
  readonly spec?: {
    readonly type?: string;
    readonly selector?: Readonly<Record<string, string>>;
    readonly ports?: readonly { readonly name?: string; readonly port: number }[];
  };
  readonly status?: { readonly loadBalancer?: { readonly ingress?: readonly { readonly ip?: string; readonly hostname?: string }[] } };
}

const shape = (object: KubeObject): ServiceShape => object as unknown as ServiceShape;
const isBalancer = (object: KubeObject): boolean => shape(object).spec?.type === "LoadBalancer";

function selectsActive(object: KubeObject): boolean {
  const selector = shape(object).spec?.selector ?? {};
  return selector["vault-active"] === "true" || selector["openbao-active"] === "true";
}

function balancerAddress(object: KubeObject, scheme: string): string | undefined {
  const [first] = shape(object).status?.loadBalancer?.ingress ?? [];
  const host = first?.hostname ?? first?.ip;
  if (host === undefined) return undefined;
  return `${scheme}://${host.includes(":") ? `[${host}]` : host}:${portOf(object)}`;
}

function ingressAddress(object: KubeObject): string | undefined {
  const { rules = [], tls = [] } = (object["spec"] ?? {}) as { rules?: { host?: string }[]; tls?: unknown[] };
  const host = rules.map((rule) => rule.host).find((name) => name !== undefined && name !== "");
  return host === undefined ? undefined : `${tls.length > 0 ? "https" : "http"}://${host}`;
}

/** The CA of an Ingress's own certificate, where its Secret tells it; else it is one that everybody trusts. */
export async function ingressCa(kube: KubeReader, ingress: KubeObject): Promise<string | undefined> {
  const { tls = [] } = (ingress["spec"] ?? {}) as { tls?: { secretName?: string }[] };
  const name = tls[0]?.secretName;
  if (name === undefined) return undefined;
  return secretText(await kube.get({ apiVersion: "v1", kind: "Secret", namespace: ingress.metadata.namespace, name }), "ca.crt");
}

const pending = ({ namespace, kube }: VaultRelease, balancers: readonly KubeObject[]) =>
  notYet(kinds.noConsumerAddress, {
    what: `Service ${namespace}/${balancers[0]?.metadata.name ?? ""} of context ${kube.context} has no load balancer address yet`,
    fix: `Wait for it (${kubectlIn(kube.context)} get service -n ${namespace}), or say the address with --consumer-vault-addr.`,
  });

const plainIngress = ({ namespace, kube }: VaultRelease, { metadata: { name } }: KubeObject) =>
  failure(kinds.noConsumerAddress, {
    what: `Ingress ${namespace}/${name} of context ${kube.context} has no TLS, so other clusters would reach Vault over http`,
    why: plainly,
    fix: "vault-k8s install, with the flags that it was installed with and --ingress-tls-secret NAME, gives it a certificate; where its controller ends TLS by itself, pass its address: --consumer-vault-addr https://HOST. --insecure-no-tls goes on with http.",
  });

const plainBalancer = ({ namespace, kube }: VaultRelease, address: string) =>
  failure(kinds.noConsumerAddress, {
    what: `Vault in namespace ${namespace} of context ${kube.context} speaks plain http, so other clusters would reach it at ${address}`,
    why: plainly,
    fix: "vault-k8s tls and install, with the flags that it was installed with, but --insecure-no-tls, bring its pods to https. --insecure-no-tls goes on with http.",
  });

const plainly = "Tokens and secrets of other clusters would be readable on their way.";

const notExposed = ({ namespace, kube }: VaultRelease) =>
  failure(kinds.noConsumerAddress, {
    what: `Vault in namespace ${namespace} of context ${kube.context} has no address that another cluster reaches`,
    why: "It has neither a Service of type LoadBalancer before the active pod, nor an Ingress.",
    fix: "vault-k8s install, with the flags that it was installed with and --expose LoadBalancer (or Ingress), makes one; --consumer-vault-addr names one that you made.",
  });
