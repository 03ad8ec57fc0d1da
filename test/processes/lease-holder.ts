import { newHolder } from "../../src/core/holder.ts";
import { identityOf } from "../../src/kubernetes/lease-object.ts";

// A process that holds a Lease until it is killed.
const holder = newHolder();
process.send?.({ identity: identityOf(holder), annotation: JSON.stringify(holder) });
setInterval(() => undefined, 60_000);
