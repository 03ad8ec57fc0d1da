import type { Lease } from "../../kubernetes/lease.ts";
import type { Unsealing } from "../unseal/node.ts";

/** An init, and the Lease under which no other run makes one. */
export interface Initialising extends Unsealing {
  readonly lease: Lease;
}
