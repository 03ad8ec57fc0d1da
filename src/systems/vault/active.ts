import { NotYet } from "../../core/errors.ts";
import { untilSettled } from "../../core/settle.ts";
import { kinds, notYet } from "../../errors.ts";
import { HttpFailure } from "../http/failure.ts";
import { health, isHealth, type Health } from "./health.ts";
import type { VaultRoute, VaultServer, VaultSite } from "./server.ts";
import { interrupted, podsCertificateFix } from "./refusal.ts";
import { noActive, sealed, uninitialised } from "./states.ts";

export interface ElectionPatience {
  /** How long an election is waited for, in milliseconds. */
  readonly withinMs: number;
  readonly everyMs: number;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Vault as one service over its servers: the active one, found when it is first needed and kept. The first look may be at servers that are
 * known already; who chooses again, or waits for an election, looks anew.
 */
export function activeRoute(site: VaultSite, patience: ElectionPatience): VaultRoute {
  let chosen: Promise<VaultServer> | undefined;
  let title = site.title;
  let moved = false;
  let waiting = 0;
  const find = async () => {
    const first = { anew: moved };
    [moved, waiting] = [false, 0];
    const server = await findActive(site, patience, first, () => waiting);
    title = server.title;
    return server;
  };
  return {
    describe: () => title,
    server: () => {
      chosen ??= find().catch((error: unknown) => {
        chosen = undefined;
        throw error;
      });
      waiting += 1;
      return chosen;
    },
    chooseAgain: () => {
      chosen = undefined;
      moved = true;
      return true;
    },
  };
}

type Finding = { readonly server: VaultServer } | { readonly why: NotYet; readonly election: boolean };

/** @param waiting how many requests wait for it */
async function findActive(
  site: VaultSite,
  patience: ElectionPatience,
  first: { readonly anew: boolean },
  waiting: () => number,
): Promise<VaultServer> {
  let how = first;
  const found = await untilSettled(
    () => look(site, how, waiting).finally(() => (how = { anew: true })),
    (finding) => "server" in finding || !finding.election,
    patience,
  );
  if ("server" in found) return found.server;
  throw found.why;
}

async function look(site: VaultSite, { anew }: { readonly anew: boolean }, waiting: () => number): Promise<Finding> {
  const servers = await site.servers({ anew });
  const running = servers.filter((server) => server.phase === "Running");
  const labelled = running.find((server) => server.saysActive);
  labelled?.expect?.(waiting);
  const says = labelled === undefined ? undefined : await health(labelled);
  if (labelled !== undefined && isActive(says)) return { server: { ...labelled, clusterId: says.cluster_id } };
  const states = await Promise.all(running.map(async (server) => ({ server, state: await health(server) })));
  const active = states.flatMap(({ server, state }) => (isActive(state) ? [{ ...server, clusterId: state.cluster_id }] : []))[0];
  return active === undefined
    ? notFound(
        site,
        servers,
        states.map(({ state }) => state),
      )
    : { server: active };
}

const isActive = (state: unknown): state is Health => isHealth(state) && state.initialized && !state.sealed && !state.standby;

function notFound(site: VaultSite, servers: readonly VaultServer[], states: readonly unknown[]): Finding {
  // Who was not asked to the end does not keep silent.
  if (states.some((state) => state instanceof HttpFailure && state.reason === "aborted")) throw interrupted();
  const known = states.filter(isHealth);
  if (known.some((state) => !state.sealed)) return { election: true, why: noActive(site.title, `Look: ${site.look}`) };
  return { election: false, why: known.length > 0 ? closed(site, known) : silent(site, servers, states) };
}

function closed(site: VaultSite, known: readonly Health[]): NotYet {
  return known.some((state) => state.initialized) ? sealed(site.title) : uninitialised(site.title);
}

function silent(site: VaultSite, servers: readonly VaultServer[], states: readonly unknown[]): NotYet {
  if (servers.length === 0)
    return notYet(kinds.vaultNotInstalled, {
      what: `There are no Vault pods in ${site.title}`,
      fix: "vault-k8s install makes them; --install-namespace and --release say where they are; --vault-addr names a Vault elsewhere.",
    });
  if (states.length === 0)
    return notYet(kinds.vaultNotInstalled, {
      what: `No Vault pod of ${site.title} runs`,
      why: servers.map((server) => `${server.name} is ${server.phase}`).join(", "),
      fix: `Look: ${site.look}`,
    });
  const [first] = states;
  const look = `Look: ${site.look}`;
  if (first instanceof HttpFailure)
    return notYet(kinds.vaultUnreachable, {
      what: `Vault does not answer in ${site.title}`,
      why: `${first.message.charAt(0).toUpperCase()}${first.message.slice(1)}.`,
      fix: first.reason === "untrusted" && servers[0]?.isPod === true ? podsCertificateFix : look,
    });
  return notYet(kinds.vaultGarbage, {
    what: `What answers in ${site.title} is not Vault`,
    why: "It does not say its health as Vault does.",
    fix: look,
  });
}
