import pLimit from "p-limit";
import { CliError } from "../../core/errors.ts";
import { kinds } from "../../errors.ts";
import { openKube, type OpenedKube } from "../../systems/kube/open-kube.ts";
import { isUnusable, type Entry } from "./found.ts";
import type { Trust } from "./held.ts";
import { identified, type AskOptions, type Identified } from "./identify.ts";
import type { FleetCluster, Inventory, RefusedCluster, SourceAnswer } from "./inventory.ts";
import { isNarrow, meant, type Narrow } from "./narrow.ts";
import { nameOf, sameName, type KnownNames } from "./names.ts";
import { distinct, type Distinct } from "./same.ts";
import type { Asking, Source } from "./source.ts";
import { inOrder } from "./sources.ts";

/** What makes a fleet. */
export interface FleetWish {
  readonly fleet: string | undefined;
  readonly sources: readonly Source[];
  /** Names in Vault by what a source calls a cluster. */
  readonly names: Readonly<Record<string, string>>;
  readonly trust: Trust;
  readonly narrow: Narrow;
  /** --kubeconfig, for sources that name no file. */
  readonly kubeconfig: string | undefined;
  /** Whole paths of files that the configuration names. */
  readonly file: (named: string) => string;
  /** What Vault knows; asked once, and only where the file leaves a name open. */
  readonly knownNames: () => Promise<KnownNames>;
}

/** Clusters that are asked at once who they are. */
const atOnce = 16;

/**
 * Asks every source, and every cluster who it is. What is wrong with a cluster stops that one alone; what is wrong with a source stands in its
 * answer.
 * @throws CliError VK1001 for a selector that is none, VK1002, and where Vault is needed for names and does not answer
 */
export async function readInventory(wish: FleetWish, options: AskOptions): Promise<Inventory> {
  const isMeant = meant(wish.narrow);
  const answers = await askAll(wish, options);
  const limit = pLimit(atOnce);
  const known = await Promise.all(
    answers.flatMap(({ answer: { source }, entries }) =>
      entries.map((entry) => limit(async () => ({ source, entry: await identified(entry, options) }))),
    ),
  );
  const groups = await distinct(known.flatMap(({ source, entry }) => (isIdentified(entry) ? [{ source, found: entry }] : [])));
  const unusable = known.flatMap(({ source, entry }) => (isUnusable(entry) ? [{ source, ...entry }] : []));
  const named = await withNames([...unusable.map(refusal), ...groups.flatMap(candidates)], wish);
  const shown = named.filter(isMeant);
  return {
    fleet: wish.fleet,
    clusters: shown.flatMap((one) => ("error" in one ? [] : [clusterOf(one)])).sort((a, b) => (a.name < b.name ? -1 : 1)),
    refused: shown.flatMap((one) => ("error" in one ? [refusedOf(one)] : [])),
    sources: answers.map(({ answer }) => answer),
    narrowed: isNarrow(wish.narrow),
  };
}

interface Answered {
  readonly answer: SourceAnswer;
  readonly entries: readonly Entry[];
}

async function askAll({ sources, trust, file, kubeconfig: ofRun }: FleetWish, options: AskOptions): Promise<Answered[]> {
  const hubs = new Map<string, Promise<OpenedKube>>();
  const hub: Asking["hub"] = async ({ context, kubeconfig: named }) => {
    const choice = { context, kubeconfig: named === undefined ? ofRun : file(named) };
    const key = JSON.stringify(choice);
    const opened = hubs.get(key) ?? openKube(choice, options);
    hubs.set(key, opened);
    return (await opened).client;
  };
  const asking: Asking = { trust, home: options.home, kubeconfig: ofRun, file, hub };
  try {
    return await Promise.all(inOrder(sources).map((source) => answered(source, asking)));
  } finally {
    for (const opened of await Promise.allSettled(hubs.values())) if (opened.status === "fulfilled") await opened.value.wire.close();
  }
}

async function answered({ kind, title: source, read }: Source, asking: Asking): Promise<Answered> {
  try {
    const entries = await read(asking);
    return { entries, answer: { source, kind, found: entries.length, error: undefined } };
  } catch (error) {
    if (!(error instanceof CliError) || error.kind === kinds.interrupted) throw error;
    return { entries: [], answer: { source, kind, found: 0, error } };
  }
}

const isIdentified = (entry: Entry | Identified): entry is Identified => "uid" in entry;

interface Refusal extends Pick<RefusedCluster, "called" | "source" | "error"> {
  readonly named?: string | undefined;
  readonly uid: string | undefined;
  readonly labels: Readonly<Record<string, string>>;
}
interface Candidate extends Omit<FleetCluster, "name" | "overrides"> {
  readonly named?: string | undefined;
}

const refusal = ({ called, named, labels, source, error }: Omit<Refusal, "uid">): Refusal => ({
  called,
  named,
  labels,
  source,
  error,
  uid: undefined,
});

function candidates(group: Distinct): (Refusal | Candidate)[] {
  if (group.kind === "conflict")
    return group.all.map(({ source, found: { called, named, labels, uid } }) => ({
      called,
      named,
      labels,
      uid,
      source,
      error: group.error,
    }));
  const { source, found } = group.first;
  const { called, named, labels, reach, server, uid } = found;
  const also = group.also.map((one) => `${one.source} ${one.found.called}`);
  return [{ called, named, labels, reach, server, uid, source, also }];
}

type Named<T> = T & { readonly name: string | undefined };

/** A cluster whose name is open or another's is refused; two that come out equal both are. */
async function withNames(all: readonly (Refusal | Candidate)[], { names, knownNames }: FleetWish): Promise<Named<Refusal | Candidate>[]> {
  const isOpen = ({ named, called }: Refusal | Candidate): boolean => named === undefined && !Object.hasOwn(names, called);
  const known: KnownNames = all.some((one) => !("error" in one) && isOpen(one)) ? await knownNames() : new Map();
  const named = all.map((one): Named<Refusal | Candidate> => {
    const name = nameOf(one, names, known);
    if (typeof name === "string") return { ...one, name };
    return "error" in one ? { ...one, name: undefined } : { ...refusalOf(one, name), name: undefined };
  });
  const byName = Map.groupBy(
    named.filter((one) => !("error" in one)),
    ({ name }) => name,
  );
  return named.map((one) => {
    const same = "error" in one ? [] : (byName.get(one.name) ?? []);
    return same.length < 2 || "error" in one ? one : { ...refusalOf(one, sameName(one.name ?? "", same)), name: one.name };
  });
}

const refusalOf = ({ called, named, labels, source, uid }: Candidate, error: CliError): Refusal => ({
  called,
  named,
  labels,
  source,
  uid,
  error,
});

const clusterOf = ({ name = "", called, source, also, reach, server, uid, labels }: Named<Candidate>): FleetCluster => ({
  name,
  called,
  source,
  also,
  reach,
  server,
  uid,
  labels,
  overrides:
    reach.kind === "held" ? {} : { context: reach.context, ...(reach.kubeconfig !== undefined && { kubeconfig: reach.kubeconfig }) },
});

const refusedOf = ({ name, called, source, uid, error }: Named<Refusal>): RefusedCluster => ({ name, called, source, uid, error });
