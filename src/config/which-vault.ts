import { failure, kinds } from "../errors.ts";
import type { FieldName, Settings } from "./fields.ts";
import { isExplicit, originText } from "./origin.ts";
import type { Resolved } from "./resolve.ts";
import { table } from "./keys.ts";

/**
 * What a command does with Vault. `choose`: installs one or uses one that exists, so a mere VAULT_ADDR decides nothing;
 * `install`: installs one; `nodes`: talks to single nodes; `any`: uses the one that there is; `keys`: the one whose keys are here, and nothing
 * where another one is said; `pods`: that one alone.
 */
export type VaultUse = "choose" | "install" | "nodes" | "any" | "keys" | "pods";

/** What an exported variable says of another Vault counts for nothing there. */
const aboutOurs = new Set<VaultUse>(["install", "keys", "pods"]);

/**
 * Settles which Vault is meant, by the table in docs/concepts.md: never guessed, and never from an exported variable where
 * something could be installed. An exported address that is not meant takes the exported namespace with it, where Vault runs in this cluster.
 * @param isOwn Whether the Vault at an address is the one that is meant where no address is said; asked of an exported one alone.
 * @throws CliError VK1001 for settings that contradict, VK1005 where only VAULT_ADDR speaks.
 */
export async function settleVault(
  resolved: Resolved,
  use: VaultUse,
  isOwn: (address: string, without: Resolved) => Promise<boolean> = () => Promise.resolve(false),
): Promise<Resolved> {
  const chosen = preferOwnSection(resolved);
  refuseContradictions(chosen, use);
  const { settings, origins } = chosen;
  const { vaultAddr: address, vaultContext } = settings;
  if (address === undefined || origins.vaultAddr.kind !== "env") return chosen;
  const inPods = without(chosen, "vaultAddr");
  if (chosen.unusable === undefined && (await isOwn(address, inPods))) return inPods;
  if (vaultContext !== undefined) return inPods;
  // One address is no single node, so that an exported one is never what init and unseal are about.
  const nodesInPods = use === "nodes" && settings.vaultNodes.length === 0;
  if (settings.install || aboutOurs.has(use) || nodesInPods)
    return origins.vaultNamespace.kind === "env" ? without(inPods, "vaultNamespace") : inPods;
  if (use === "choose") throw chooseVault(address, originText(origins.vaultAddr));
  return chosen;
}

/** Stops where an address of the environment would be used, and cannot be. @throws CliError VK1004 */
export function refuseUnusable({ unusable, origins }: Resolved): void {
  if (unusable !== undefined && origins.vaultAddr.kind === "env") throw unusable;
}

/** What a cluster's own part of the file says about where Vault is replaces what the file says for all. */
function preferOwnSection(resolved: Resolved): Resolved {
  const { vaultAddr, vaultContext } = resolved.origins;
  if (vaultAddr.kind !== "file" || vaultContext.kind !== "file" || vaultAddr.cluster === vaultContext.cluster) return resolved;
  return without(resolved, vaultAddr.cluster ? "vaultContext" : "vaultAddr");
}

function refuseContradictions({ settings, origins }: Resolved, use: VaultUse): void {
  const said = (name: FieldName): string =>
    origins[name].kind === "flag" ? `--${table[name].flag}` : `${table[name].key ?? name} (${originText(origins[name])})`;
  const address = settings.vaultAddr !== undefined && isExplicit(origins.vaultAddr);
  if (address && settings.vaultContext !== undefined)
    throw contradict(
      `${said("vaultAddr")} says that Vault is at an address, ${said("vaultContext")} that it runs in a cluster`,
      "Keep one of the two.",
    );
  if (address && settings.install)
    throw contradict(
      `${said("vaultAddr")} says that Vault exists already, --install that it is to be installed here`,
      "Keep one of the two.",
    );
  if (settings.install && settings.vaultContext !== undefined)
    throw contradict(
      `--install puts Vault into this cluster, ${said("vaultContext")} says that it runs in another one`,
      "Keep one of the two.",
    );
  if (settings.vaultNodes.length > 0 && (use === "install" || (use === "choose" && !address)))
    throw contradict(
      `${said("vaultNodes")} names nodes of a Vault that exists already, so there is nothing to install`,
      "Leave it out; operator init and operator unseal take it.",
    );
  if (!address || use === "any" || use === "choose" || use === "keys") return;
  if (use === "pods")
    throw contradict(
      `${said("vaultAddr")} says that Vault is at an address, and this command is about one in pods, whose keys are kept here`,
      "Leave it out; for a Vault elsewhere there are commands of vault itself.",
    );
  if (use === "install")
    throw contradict(
      `${said("vaultAddr")} says that Vault exists already, so there is nothing to install`,
      "Leave it out, or leave out this command.",
    );
  if (settings.vaultNodes.length === 0) {
    throw failure(kinds.oneNodeEach, {
      what: `${said("vaultAddr")} is one address, and this command talks to each Vault node`,
      why: "Behind one address there may be several nodes, and each must be reached by itself.",
      fix: "Name each node with --vault-node, or leave the address out where Vault runs in a cluster of the kubeconfig.",
    });
  }
}

const contradict = (what: string, fix: string) => failure(kinds.usage, { what, fix });

const chooseVault = (address: string, origin: string) =>
  failure(kinds.chooseVault, {
    what: `${origin} says ${address}, but nothing says whether that Vault is meant`,
    why: "bootstrap could use that Vault or install a new one, and an exported variable must not decide which.",
    fix: `Add --vault-addr ${address} to use it, or --install to install Vault in this cluster.`,
  });

const without = (resolved: Resolved, name: FieldName): Resolved => ({
  ...resolved,
  settings: { ...resolved.settings, [name]: undefined } as Settings,
  origins: { ...resolved.origins, [name]: { kind: "unset" } },
});
