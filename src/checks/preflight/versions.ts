import type { Readers } from "../../clients/world.ts";
import { crdFor } from "../../resources/operator-ready.ts";
import type { Gathered } from "./gather.ts";

/** Server-side apply is stable since then. */
const oldest = { major: 1, minor: 22 };

/** What is there, with its version; what is too old is a shortage. */
export async function versions(
  read: Readers,
  { usesHelm, usesEso }: { usesHelm: boolean; usesEso: boolean },
  gathered: Gathered,
): Promise<string[]> {
  const lines = await Promise.all([
    gathered.list(async () => [await kubernetes(read, gathered)]),
    gathered.list(() => vaults(read)),
    usesHelm ? gathered.list(async () => [`helm ${await read.helm.version()}`]) : [],
    usesEso ? gathered.list(() => operator(read, gathered)) : [],
    gathered.list(async () => [`pods reach Vault at ${await read.where.consumerAddress()}`]),
  ]);
  return lines.flat();
}

async function kubernetes({ kube }: Readers, gathered: Gathered): Promise<string> {
  const { version } = await kube.serverFacts();
  const [, major, minor] = /^v?(\d+)\.(\d+)/.exec(version) ?? [];
  if (major !== undefined && (Number(major) < oldest.major || (Number(major) === oldest.major && Number(minor) < oldest.minor)))
    gathered.add([{ what: `Kubernetes ${version} is too old`, fix: `Server-side apply wants ${oldest.major}.${oldest.minor} or newer.` }]);
  return `Kubernetes ${version} at ${kube.server} (context ${kube.context})`;
}

/** Vault node by node; an address that stands before several of them is asked by what follows. */
async function vaults({ where, nodes }: Readers): Promise<string[]> {
  if (where.vaultIs === "address") return [];
  const running = (await nodes.nodes()).filter(({ phase }) => phase === "Running");
  const all = await Promise.all(running.map(async (node) => (await nodes.sealStatus(node)).version));
  return [...new Set(all)].map((version) => `Vault ${version}`);
}

/** The operator's definitions, where they are there already. */
async function operator({ kube }: Readers, gathered: Gathered): Promise<string[]> {
  const crd = await kube.get(crdFor("eso"));
  if (crd === undefined) return [];
  const { versions: all = [] } = (crd["spec"] ?? {}) as { versions?: { name: string; served: boolean }[] };
  const served = all.filter((version) => version.served).map(({ name }) => name);
  if (!served.includes("v1") && !served.includes("v1beta1"))
    gathered.add([
      {
        what: `External Secrets serves ${served.join(", ") || "nothing"}, and v1 or v1beta1 is needed`,
        fix: "Bring External Secrets to 0.9 or newer.",
      },
    ]);
  return [`External Secrets serves ${served.join(", ")}`];
}
