import type { Readers } from "../../systems/world.ts";
import { tooOld, type Versioned } from "../../systems/oldest-versions.ts";
import { servedVersions } from "../../consumers/facts/served.ts";
import { nodeVersions } from "../../vault/nodes/states.ts";
import type { Gathered } from "./gather.ts";

/** What is there, with its version; what is too old is a shortage. */
export async function versions(
  read: Readers,
  { usesHelm, usesEso }: { usesHelm: boolean; usesEso: boolean },
  gathered: Gathered,
): Promise<string[]> {
  const lines = await Promise.all([
    gathered.list(async () => [await kubernetes(read, gathered)]),
    gathered.list(() => vaults(read, gathered)),
    usesHelm ? gathered.list(async () => [`helm ${await read.helm.version()}`]) : [],
    usesEso ? gathered.list(() => operator(read, gathered)) : [],
  ]);
  return lines.flat();
}

async function kubernetes({ kube }: Readers, gathered: Gathered): Promise<string> {
  const { version } = await kube.serverFacts();
  gathered.add(shortages("kubernetes", version));
  return `Kubernetes ${version} at ${kube.server} (context ${kube.context})`;
}

/** Node by node; of an address that may stand before several, the one that answers. */
async function vaults(read: Readers, gathered: Gathered): Promise<string[]> {
  const all = read.where.vaultIs === "address" ? [(await read.vault.facts()).version] : await nodeVersions(read.nodes);
  for (const version of all) gathered.add(shortages("vault", version));
  return all.filter((version) => version !== "").map((version) => `Vault ${version}`);
}

function shortages(of: Versioned, version: string): { what: string; fix: string }[] {
  const found = tooOld(of, version);
  if (found === undefined) return [];
  return [{ what: `${found.what}, which is needed because ${found.because}`, fix: `Bring it to ${found.wanted} or newer.` }];
}

/** The operator's definitions, where they are there already. */
async function operator(read: Readers, gathered: Gathered): Promise<string[]> {
  const served = await servedVersions(read, "eso");
  if (served === undefined) return [];
  if (!served.includes("v1") && !served.includes("v1beta1"))
    gathered.add([
      {
        what: `External Secrets serves ${served.join(", ") || "nothing"}, and v1 or v1beta1 is needed`,
        fix: "Bring External Secrets to 0.9 or newer.",
      },
    ]);
  return [`External Secrets serves ${served.join(", ")}`];
}
