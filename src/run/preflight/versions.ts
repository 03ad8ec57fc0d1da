import type { Readers } from "../../systems/world.ts";
import { oldest, tooOld, type OldestVersion } from "../../systems/oldest-versions.ts";
import type { ConsumerSpec } from "../../config/spec/consumer.ts";
import type { Consumer } from "../../consumers/consumer.ts";
import { servedVersions } from "../../consumers/facts/served.ts";
import { kindOf } from "../../consumers/kinds.ts";
import { nodeVersions } from "../../vault/nodes/states.ts";
import type { Gathered } from "./gather.ts";

/** What is there, with its version; what is too old is a shortage. */
export async function versions(
  read: Readers,
  { usesHelm, usesStores, consumers }: { usesHelm: boolean; usesStores: boolean; consumers: readonly ConsumerSpec[] },
  gathered: Gathered,
): Promise<string[]> {
  const lines = await Promise.all([
    gathered.list(async () => [await kubernetes(read, gathered)]),
    gathered.list(() => vaults(read, gathered)),
    usesHelm ? gathered.list(async () => [`helm ${await read.helm.version()}`]) : [],
    ...(usesStores ? kindsOf(consumers).map((kind) => gathered.list(() => operator(read, kind, gathered))) : []),
  ]);
  return lines.flat();
}

async function kubernetes({ kube }: Readers, gathered: Gathered): Promise<string> {
  const { version } = await kube.serverFacts();
  gathered.add(shortages(oldest.kubernetes, version));
  return `Kubernetes ${version} at ${kube.server} (context ${kube.context})`;
}

/** Node by node; of an address that may stand before several, the one that answers. */
async function vaults(read: Readers, gathered: Gathered): Promise<string[]> {
  const all = read.where.vaultIs === "address" ? [(await read.vault.facts()).version] : await nodeVersions(read.nodes);
  for (const version of all) gathered.add(shortages(oldest.vault, version));
  return all.filter((version) => version !== "").map((version) => `Vault ${version}`);
}

function shortages(of: OldestVersion, version: string): { what: string; fix: string }[] {
  const found = tooOld(of, version);
  if (found === undefined) return [];
  return [{ what: `${found.what}, which is needed because ${found.because}`, fix: `Bring it to ${found.wanted} or newer.` }];
}

const kindsOf = (consumers: readonly ConsumerSpec[]): Consumer[] => [...new Set(consumers.map(kindOf))];

/** The operator's definitions, where they are there already, and it has versions to choose from. */
async function operator(read: Readers, { words, objects, oldest: needed }: Consumer, gathered: Gathered): Promise<string[]> {
  if (objects === undefined || objects.versions.length === 1) return [];
  const served = await servedVersions(read, objects);
  if (served === undefined) return [];
  if (!objects.versions.some((version) => served.includes(version)))
    gathered.add([
      {
        what: `${words.shortTitle} serves ${served.join(", ") || "nothing"}, and ${objects.versions.join(" or ")} is needed`,
        fix: `Bring ${words.shortTitle} to ${needed?.version ?? "the newest version"} or newer.`,
      },
    ]);
  return [`${words.shortTitle} serves ${served.join(", ")}`];
}
