import type { ApiServerSpec } from "../../config/spec/wiring.ts";
import { conflict, type Diff } from "../../core/resource.ts";
import { text } from "../../core/values.ts";
import type { ReviewAddress } from "./kubernetes-host.ts";

/**
 * A cluster that was restored from a copy of another one's etcd has the UID of that one's kube-system, and so the mark of its auth mount. Where
 * neither the address nor the CA of the API server is what Vault knows, a person says that it is the same cluster: a cluster that moved keeps its CA
 * or its address. Undefined where nothing speaks for a copy.
 * @param kept What Vault has.
 */
export function copiedCluster(
  mount: string,
  kept: Readonly<Record<string, unknown>>,
  now: ReviewAddress,
  said: ApiServerSpec,
): Diff | undefined {
  const [host, ca] = [text(kept["kubernetes_host"]) ?? "", text(kept["kubernetes_ca_cert"]) ?? ""];
  if (said.address !== undefined || host === now.host || ca === "" || now.ca === "" || plain(ca) === plain(now.ca)) return undefined;
  return conflict(
    `auth/${mount} is for the API server ${host}, and this cluster's is ${now.host} with another CA; both have the same kube-system UID, as a cluster has that was restored from a copy of the other one's etcd`,
    `If that cluster is gone, or is this one with a new address and CA: --kubernetes-host ${now.host}. Else a Vault cannot tell the two apart: make this cluster anew instead of from a copy, so that its kube-system gets a UID of its own.`,
  );
}

const plain = (pem: string): string => pem.replaceAll(/\s+/g, "");
