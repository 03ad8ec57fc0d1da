import { readFile } from "node:fs/promises";
import { stringify } from "yaml";
import type { Entries } from "../../../config/entries.ts";
import type { FieldName } from "../../../config/fields.ts";
import { table } from "../../../config/keys.ts";
import type { Resolved } from "../../../config/resolve.ts";
import type { VaultSpec } from "../../../config/spec/vault.ts";
import { exitCodes } from "../../../core/errors.ts";
import { failure, kinds } from "../../../errors.ts";
import type { Inventory } from "../../../fleet/inventory/inventory.ts";
import { podsConfig, secretOf, type PodsVault } from "../../../fleet/schedule/config.ts";
import { manifests } from "../../../fleet/schedule/manifests.ts";
import { vaultCommands } from "../../../fleet/schedule/vault-side.ts";
import { readCa } from "../../../run/world/which-vault.ts";
import { oneLine } from "../../../systems/printable.ts";
import type { Run } from "../command.ts";
import type { fleetScheduleOptions } from "../own-options.ts";
import { prepareFleet } from "./prepare-fleet.ts";

const defaults = { cron: "17 */6 * * *", namespace: "vault-k8s-fleet" };

/** Prints the manifests of a CronJob that looks at the fleet with fleet plan, and on standard error what lets it into Vault. Writes nothing. */
export const run: Run<typeof fleetScheduleOptions> = async (call) => {
  const { image, cron = defaults.cron, inNamespace: namespace = defaults.namespace } = call.options;
  if (image === undefined)
    throw failure(kinds.usage, { what: "Nothing says which image runs", fix: "Add --image NAME@DIGEST; the Dockerfile builds one." });
  const { inventory, resolved, spec, terminal } = await prepareFleet(call);
  refuseFiles(resolved);
  const secrets = secretsOf(inventory);
  const [vault, text] = await Promise.all([podsVault(spec.vault), readFile(resolved.file?.absolute ?? "", "utf8")]);
  const files = podsConfig(text, inventory.clusters, vault);
  terminal.out(
    manifests({ namespace, image, cron, files, secrets })
      .map((object) => stringify(object, { lineWidth: 0, aliasDuplicateObjects: false }))
      .join("---\n"),
  );
  for (const { called, error } of inventory.refused)
    terminal.err(`${terminal.symbols.notice} ${oneLine(`${called} is left out: ${error.words}`)}\n`);
  const login = spec.vault.login;
  if (login !== undefined) terminal.err(`What lets it into Vault, once:\n${vaultCommands(login, namespace, spec.wiring.kv.mount)}`);
  return inventory.refused.length === 0 ? exitCodes.done : exitCodes.failed;
};

async function podsVault({ address, login, namespace, caCert }: VaultSpec): Promise<PodsVault> {
  if (address === undefined)
    throw failure(kinds.usage, {
      what: "A pod reaches Vault at an address, not through a context of this machine",
      fix: "Say it with --vault-addr.",
    });
  if (login === undefined)
    throw failure(kinds.usage, {
      what: "Nothing says how the pod logs in to Vault",
      fix: "Say the auth mount of the cluster that it runs in, and a role for it: --vault-login k8s-hub/vault-k8s-fleet-read.",
    });
  return { address, login: `${login.mount}/${login.role}`, namespace, ca: await readCa(caCert) };
}

/** @throws CliError VK1001 for clusters that only this machine reaches */
function secretsOf({ clusters }: Inventory): string[] {
  const local = clusters.filter((cluster) => secretOf(cluster) === undefined).map(({ name, source }) => `${name} (${source})`);
  if (local.length === 0) return clusters.flatMap((cluster) => secretOf(cluster) ?? []);
  throw failure(kinds.usage, {
    what: `A pod cannot reach ${local.slice(0, 5).join(", ")}${local.length > 5 ? ` and ${local.length - 5} more` : ""}`,
    why: "Contexts, and programs that a providers file names, are of this machine.",
    fix: "Have Secrets describe these clusters (argocd, clusterApi, secrets), or leave them out with --except.",
  });
}

/** @throws CliError VK1001 for settings that name files, which a pod does not have */
function refuseFiles({ file }: Resolved): void {
  const parts: readonly Entries[] =
    file === undefined ? [] : [file.top, ...file.ofClusters.values(), ...(file.fleet === undefined ? [] : [file.fleet.defaults])];
  const named = parts.flatMap((entries) => [...entries.keys()]).find(isFile);
  if (named === undefined) return;
  throw failure(kinds.usage, {
    what: `${table[named].key ?? named} in ${file?.shown ?? ""} names a file, which the pod does not have`,
    fix: "Leave it out of the file of the schedule.",
  });
}

/** The CA goes with the manifests, and the pod has a login of its own. */
const taken: readonly FieldName[] = ["caCert", "vaultTokenFile"];
const isFile = (name: FieldName): boolean => ["path", "pathList"].includes(String(table[name].type)) && !taken.includes(name);
