import { isLoopback } from "../../systems/http/no-proxy.ts";
import { failure, kinds } from "../../errors.ts";

/** Whether what is sent there would be readable on its way: http, to a host that is neither this one nor a Service of the same cluster. */
export function isPlainOutside(address: string): boolean {
  const url = URL.parse(address);
  return url?.protocol === "http:" && !isLoopback(url.hostname.replace(/^\[|\]$/g, "")) && !inCluster.test(url.hostname);
}

/** NAME, NAME.NAMESPACE.svc, NAME.NAMESPACE.svc.DOMAIN: https://kubernetes.io/docs/concepts/services-networking/dns-pod-service/ */
const inCluster = /^(?:[^.[:]+|[^.]+\.[^.]+\.svc(?:\..+)?)\.?$/;

export const plainAddress = (address: string) =>
  failure(kinds.noConsumerAddress, {
    what: `Pods would reach Vault over http, at ${address}`,
    why: "The tokens of their logins and their secrets would be readable on their way.",
    fix: "Pass an https address: --vault-addr, or --consumer-vault-addr where pods reach it elsewhere; a Service of their own cluster is NAME.NAMESPACE.svc. --insecure-no-tls goes on with http.",
  });
