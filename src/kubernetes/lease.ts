import { setTimeout as delay } from "node:timers/promises";
import { CliError } from "../core/errors.ts";
import { fateOf } from "../core/holder.ts";
import type { Say } from "../core/resource.ts";
import { failure, kinds } from "../errors.ts";
import { onObject, type KubeNeed } from "../systems/need.ts";
import type { AppResource } from "../systems/step.ts";
import { clean } from "../systems/words.ts";
import type { KubeObject, KubeWriter } from "../systems/world.ts";
import { leaseTimes, takenBy, type HeldLease, type LeaseTimes } from "./held-lease.ts";
import { holderOf, leaseRef, specOf, subjectOf, type LeaseOf } from "./lease-object.ts";
import { kubectlIn } from "../systems/kubectl.ts";

export type { LeaseOf } from "./lease-object.ts";

/** The lock of a Vault as work under it sees it. */
export interface Lease {
  /** Asked again right before what cannot be taken back. Throws CliError VK1513 where another run has it. */
  stillHeld(): Promise<void>;
  /** Before that goes which it is about, with all that is in its namespace: from then on there is nothing to hold. */
  letGo(): Promise<void>;
}

export interface HowToHold {
  readonly say: Say;
  /** What happens without the right to Leases: init and teardown stop, unseal and tls go on with a notice. */
  readonly without: "stop" | "go on";
  readonly times?: LeaseTimes;
}

/** Rights on the Lease; they are `needs` of what stops without them. */
export const leaseNeeds = (of: LeaseOf): KubeNeed[] => onObject(leaseRef(of), ["get", "create", "update", "delete"], "vaults");

/** Leases of this process, by API server and name, with how many pieces of work are under them. */
const held = new WeakMap<KubeWriter, Map<string, { lease: Promise<HeldLease | undefined>; users: number }>>();

/**
 * Works while no other run works on the same Vault, from whatever machine: under a Lease in Vault's namespace, made for the work and taken
 * away after it. Work within such work is under the same Lease. Only for runs that are about to write.
 * @param kube Of the cluster in which Vault's pods run; undefined where Vault is only an address: then nothing is locked.
 * @throws CliError VK1513 where another run holds it, VK1105 without the right to Leases.
 */
export async function withLease<T>(
  kube: KubeWriter | undefined,
  of: LeaseOf,
  how: HowToHold,
  work: (lease: Lease) => Promise<T>,
): Promise<T> {
  if (kube === undefined) return work(unlocked);
  const mine = held.get(kube) ?? new Map<string, { lease: Promise<HeldLease | undefined>; users: number }>();
  held.set(kube, mine);
  const key = keyOf(of);
  const entry = mine.get(key) ?? { lease: take(kube, of, how), users: 0 };
  mine.set(key, entry);
  entry.users += 1;
  try {
    return await work((await entry.lease) ?? unlocked);
  } finally {
    entry.users -= 1;
    if (entry.users === 0) {
      mine.delete(key);
      await (await entry.lease.catch(() => undefined))?.letGo();
    }
  }
}

const unlocked: Lease = { stillHeld: () => Promise.resolve(), letGo: () => Promise.resolve() };

/** The Lease that this run holds now; where it holds none, one that is never lost. */
export const leaseNow = async (kube: KubeWriter | undefined, of: LeaseOf): Promise<Lease> =>
  (kube === undefined ? undefined : await held.get(kube)?.get(keyOf(of))?.lease) ?? unlocked;

const keyOf = ({ namespace, release = "" }: LeaseOf): string => `${namespace}/${release}`;

/** A resource whose changes are made while no other run works on the same Vault. */
export const underLease = (resource: AppResource, of: LeaseOf, without: HowToHold["without"]): AppResource => ({
  ...resource,
  apply: (write, say) => withLease(write.vaultKube, of, { say, without }, () => resource.apply(write, say)),
});

/** Leases to which this run has no right: that is told once. */
const lacking = new WeakMap<KubeWriter, Set<string>>();

/** Undefined where the work goes on without. */
async function take(kube: KubeWriter, of: LeaseOf, how: HowToHold): Promise<HeldLease | undefined> {
  const known = lacking.get(kube) ?? new Set<string>();
  lacking.set(kube, known);
  if (how.without === "go on" && known.has(keyOf(of))) return undefined;
  try {
    return await acquire(kube, of, how);
  } catch (error) {
    if (!(error instanceof CliError) || error.kind !== kinds.kubeForbidden) throw error;
    if (how.without === "stop") throw mayNot(error, kube, of);
    known.add(keyOf(of));
    how.say(`without the right to Leases in namespace ${of.namespace}, nothing keeps another run away meanwhile`);
    return undefined;
  }
}

async function acquire(kube: KubeWriter, of: LeaseOf, { say, times = leaseTimes }: HowToHold): Promise<HeldLease> {
  let seen: Seen | undefined;
  for (;;) {
    const made = await takenBy(kube, of, (lease) => kube.create(lease()), times);
    if (made !== undefined) return made;
    const found = await kube.get(leaseRef(of));
    if (found === undefined) continue;
    const now = look(found, seen);
    if (now.ended || fateOfHolder(found) === "gone") {
      const over = await takenBy(kube, of, (lease) => kube.replace(lease(found)), times);
      if (over !== undefined) return over;
      continue;
    }
    if (seen !== undefined && now.state !== seen.state) throw underWay(found, of);
    if (seen === undefined) say(`${who(found)} holds ${subjectOf(of)}: looking whether that run still lives`);
    seen = now;
    await delay(1_000);
  }
}

/** What a Lease said, and since when it has been seen to say just that: the clocks of two machines are not compared. */
interface Seen {
  readonly state: string;
  readonly sinceMs: number;
  readonly ended: boolean;
}

function look(lease: KubeObject, before: Seen | undefined): Seen {
  const { holderIdentity = "", leaseDurationSeconds = 60, renewTime, acquireTime } = specOf(lease);
  const state = JSON.stringify([lease.metadata.uid, holderIdentity, renewTime, acquireTime]);
  const sinceMs = before?.state === state ? before.sinceMs : performance.now();
  return { state, sinceMs, ended: holderIdentity === "" || performance.now() - sinceMs >= leaseDurationSeconds * 1000 };
}

function fateOfHolder(lease: KubeObject): ReturnType<typeof fateOf> {
  const holder = holderOf(lease);
  return holder === undefined ? "unknown" : fateOf(holder);
}

/** The nonce tells a person nothing. */
const who = (lease: KubeObject): string => clean(specOf(lease).holderIdentity ?? "").replace(/ [0-9a-f]+$/, "") || "nobody";

const underWay = (lease: KubeObject, of: LeaseOf): CliError =>
  failure(kinds.runUnderWay, {
    what: `Another run is at work on ${subjectOf(of)}`,
    why: `${who(lease)} holds its Lease ${of.namespace}/${leaseRef(of).name} since ${clean(specOf(lease).acquireTime ?? "?")}, and was seen to renew it.`,
    fix: "Wait until it has ended, then run the same command again. A run that was killed loses it within a minute.",
  });

const mayNot = (error: CliError, kube: KubeWriter, of: LeaseOf): CliError => {
  const rule = `${kubectlIn(kube.context)} create role vault-k8s-lease -n ${of.namespace} --verb=get,create,update,delete --resource=leases.coordination.k8s.io`;
  return failure(kinds.kubeForbidden, {
    what: `Without the right to Leases in namespace ${of.namespace} nothing keeps a second run away (context ${kube.context})`,
    why: error.words,
    fix: `Whoever may grant it: ${rule}, with a role binding for you. vault-k8s preflight, with the same flags, prints all that is missing.`,
  });
};
