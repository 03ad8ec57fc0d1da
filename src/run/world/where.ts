import { failure, kinds } from "../../errors.ts";
import type { Asked } from "../../systems/asked-once/kept.ts";
import type { Where } from "../../systems/world.ts";
import { vaultFullname } from "../../vault/charts.ts";
import { caFrom, isSaid, type Plan } from "./choice.ts";
import { addressInside, addressOutside, ingressCa } from "./consumer-address.ts";
import { caObject } from "../../systems/vault/trust.ts";
import { isPlainOutside, plainAddress } from "./plain-address.ts";

const onlyHere = (address: string) =>
  failure(kinds.noConsumerAddress, {
    what: `Pods do not reach Vault at ${address}`,
    why: "It is a socket of this machine.",
    fix: "Pass the address at which they do with --consumer-vault-addr.",
  });

/** Which Vault it is, how pods reach it, and whom they have to trust; read in a look, or anew. */
export function whereOf(plan: Plan, how: keyof Asked<unknown>): Where {
  const { vaultIs, vaultKube, kube, ca } = plan;
  const { vault } = plan.spec;
  const { consumerAddress: said, install, tls } = vault;
  const outside = vaultIs === "other-cluster" && vaultKube !== kube;
  const secureByDefault = ca !== undefined || (vaultIs === "cluster" && tls.enabled);
  const place = { namespace: install.namespace, release: install.release, byRule: vaultFullname(install) };
  const release = { kube: (vaultKube ?? kube)[how], ...place, secureByDefault };
  const found = async (): Promise<string> => {
    if (outside) return (await addressOutside(release, !tls.enabled)).address;
    if (vaultIs !== "address") return addressInside(release);
    if (vault.address?.startsWith("unix:") === true) throw onlyHere(vault.address);
    if (vault.address !== undefined) return vault.address.replace(/\/+$/, "");
    throw failure(kinds.noConsumerAddress, {
      what: "Only the nodes of Vault are known, not the address at which pods reach it",
      fix: "Pass it with --consumer-vault-addr or --vault-addr.",
    });
  };
  const saidCa = isSaid(plan);
  const vaultCa = async () => (vaultKube === undefined || saidCa ? ca : caFrom(plan, vaultKube[how]));
  const consumerCa = async () => {
    if (!outside || said !== undefined || saidCa) return vaultCa();
    const { ingress } = await addressOutside(release, !tls.enabled);
    return ingress === undefined ? vaultCa() : ((await ingressCa(release.kube, ingress)) ?? ca);
  };
  const vaultCaObject = async () => (vaultKube === undefined || saidCa ? undefined : caObject(release));
  return {
    vaultIs,
    showsCertificate: plan.client.cert !== undefined,
    vaultCa,
    vaultCaObject,
    consumerCa,
    consumerAddress: async () => {
      const address = said?.replace(/\/+$/, "") ?? (await found());
      if (tls.enabled && isPlainOutside(address)) throw plainAddress(address);
      return address;
    },
  };
}
