import type { ConsumerSpec, LoginSpec, StoreSpec } from "../config/spec/consumer.ts";
import type { Consumer } from "./consumer.ts";
import { eso } from "./eso/kind.ts";
import { kes } from "./kes/kind.ts";

export type ConsumerKind = ConsumerSpec["kind"];

/** Every kind of consumer that the setting knows. */
export const consumerKinds: Readonly<Record<ConsumerKind, Consumer>> = { eso, kes };

/** Their names, the one first that is taken where nobody says one. */
export const kindNames = Object.keys(consumerKinds) as ConsumerKind[];

export const kindOf = ({ kind }: Pick<ConsumerSpec, "kind">): Consumer => consumerKinds[kind];

/** The name of its Helm release. */
export const releaseOf = ({ kind, release }: ConsumerSpec): string => release ?? consumerKinds[kind].install.release;

/** How it logs in: without an audience where it cannot ask for one. */
export const loginOf = ({ kind, login }: ConsumerSpec): LoginSpec =>
  consumerKinds[kind].asksForAudience ? login : { ...login, audience: undefined };

/** Its stores; none where it knows none. */
export const storesOf = ({ kind, stores }: ConsumerSpec): readonly StoreSpec[] =>
  consumerKinds[kind].objects?.stores === undefined ? [] : stores;
