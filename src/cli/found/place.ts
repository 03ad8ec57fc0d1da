import { kindOf } from "../../consumers/kinds.ts";
import type { Wired } from "../../consumers/facts/wired.ts";
import type { InCluster } from "../../doctor/facts/in-cluster.ts";
import { schemeOfSet } from "../../systems/vault/scheme.ts";
import { podsOfSet } from "../../systems/vault-pods.ts";
import { oneOf, type Choose, type Given, type Option } from "./choose.ts";
import { Tally, type Followed } from "./tally.ts";

/** Which Vault is meant, where nobody said it: the one whose pods run here. An address that objects name gets no token before somebody chose it. */
export async function vaultFrom({ vaults, wired }: InCluster, given: Given, choose: Choose): Promise<Followed> {
  const tally = new Tally(given);
  if (given.isSaid("vaultAddr") || given.isSaid("vaultContext")) return tally.followed();
  const inside = vaults
    .filter(({ namespace, release }) => fits(given, "installNamespace", namespace) && fits(given, "release", release))
    .map(optionFor);
  const outside = addressesOutside({ vaults, wired }).map(({ address, by }): Option => ({
    name: `the one at ${address}`,
    settings: { vaultAddr: address },
    because: `${by} names it`,
    loses: `${by} names it; your token is sent there`,
  }));
  const chosen = await oneOf(
    {
      about: "Which Vault is it?",
      explain: "It is used as it is, and gets the token of this run.",
      fields: ["vaultAddr", "installNamespace", "release"],
      options: [...inside, ...outside],
    },
    choose,
  );
  if (chosen !== undefined) tally.add(chosen);
  return tally.followed();
}

function optionFor({ namespace, release, pods, set }: InCluster["vaults"][number]): Option {
  const plain = set !== undefined && schemeOfSet(set, true) === "http";
  return {
    name: `the one in this cluster: release ${release} in namespace ${namespace}`,
    settings: {
      installNamespace: namespace,
      release,
      ...(set !== undefined && { replicas: String(podsOfSet(set).length) }),
      ...(plain && { insecureNoTls: true }),
    },
    because: `${pods} Vault pod${pods === 1 ? "" : "s"} of release ${release} run${pods === 1 ? "s" : ""} in namespace ${namespace}${plain ? ", and speak http" : ""}`,
  };
}

const fits = ({ settings, isSaid }: Given, name: "installNamespace" | "release", value: string): boolean =>
  !isSaid(name) || settings[name] === value;

/** Where pods are told that Vault is, if not in a Vault that runs here; each address once. */
export const addressesOutside = ({ vaults, wired }: Pick<InCluster, "vaults" | "wired">): NamedAddress[] =>
  wired
    .flatMap(addresses)
    .filter(({ address }, index, all) => isOutside(address, vaults) && all.findIndex((one) => one.address === address) === index);

interface NamedAddress {
  readonly address: string;
  /** What names it, in words. */
  readonly by: string;
}

/** Where pods are told that Vault is. */
function addresses({ kind, operator, stores }: Wired): NamedAddress[] {
  const own = kindOf({ kind }).objects?.addressIn?.(operator?.env ?? {});
  return [
    ...(own === undefined ? [] : [{ address: own, by: `the deployment of ${kindOf({ kind }).words.title}` }]),
    ...stores.map(({ kind: of, name, server }) => ({ address: server, by: `${of} ${name}` })),
  ].filter(({ address }) => isPlainAddress(address));
}

/** One that may be shown and kept: no login stands in it. */
export const isPlainAddress = (address: string): boolean =>
  URL.canParse(address) && new URL(address).username === "" && new URL(address).password === "";

/** No Service of a Vault that runs here, as its name tells. */
function isOutside(address: string, vaults: InCluster["vaults"]): boolean {
  const [, namespace, svc = "svc"] = new URL(address).hostname.split(".");
  return !vaults.some((vault) => namespace === undefined || (namespace === vault.namespace && svc === "svc"));
}
