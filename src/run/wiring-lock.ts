import type { Spec } from "../config/spec.ts";
import type { Say } from "../core/resource.ts";
import { withLease, type Lease, type LeaseOf } from "../kubernetes/lease.ts";
import { onNamespace } from "../kubernetes/namespace.ts";
import type { Writers } from "../systems/world.ts";

/** Steps, and parts of a teardown, that write what belongs to one cluster: in it, or at its place in Vault. */
const ofCluster = new Set(["external-secrets", "reviewer", "rotate-reviewer", "policy", "auth", "role", "store", "secret", "namespace"]);

/** Keeps other runs away from a cluster while this one writes to it: two fleets, or a fleet and a person, never write the same one. */
export interface WiringLock {
  /** Before a write. True where the lock was taken just now. @throws CliError VK1513 where another run has it */
  readonly before: (step: string, resource: { readonly id: string }, say: Say) => Promise<boolean>;
  readonly letGo: () => Promise<void>;
}

/**
 * A Lease in the reviewer's namespace, taken at the first write and let go at the end. What is written before that namespace is there is not locked;
 * where the namespace itself goes, the Lease goes before it.
 */
export function wiringLock({ wiring }: Spec, write: Writers): WiringLock {
  const of: LeaseOf = { namespace: wiring.reviewer.namespace };
  let held: Held | undefined;
  let isOver = false;
  const letGo = async (): Promise<void> => {
    await held?.letGo();
    held = undefined;
  };
  return {
    letGo,
    before: async (step, { id }, say) => {
      if (!ofCluster.has(step) || isOver || held !== undefined) {
        if (id !== onNamespace(of.namespace) || held === undefined) return false;
        isOver = true;
        await letGo();
        return false;
      }
      if (id === onNamespace(of.namespace) || !(await hasPlace(write, of))) return false;
      held = await take(write, of, say);
      return true;
    },
  };
}

interface Held {
  readonly letGo: () => Promise<void>;
}

/** The Lease is held while the work in it goes on: until it is let go. */
async function take({ kube }: Writers, of: LeaseOf, say: Say): Promise<Held> {
  const end = Promise.withResolvers<void>();
  const taken = Promise.withResolvers<Lease>();
  const work = withLease(kube, of, { say, without: "go on" }, (lease) => {
    taken.resolve(lease);
    return end.promise;
  });
  work.catch(taken.reject);
  await taken.promise;
  return {
    letGo: async () => {
      end.resolve();
      await work;
    },
  };
}

/** One that is going takes nothing in any more. */
async function hasPlace({ anew }: Writers, { namespace: name }: LeaseOf): Promise<boolean> {
  const found = await anew.kube.get({ apiVersion: "v1", kind: "Namespace", name });
  return found !== undefined && found.metadata.deletionTimestamp === undefined;
}
