import type { ConsumerSpec } from "../../config/spec/consumer.ts";
import type { ReviewerAccount } from "../../config/spec/wiring.ts";

/** A service account. */
export interface Account {
  readonly namespace: string;
  readonly name: string;
}

export const sameAccount = (one: Account, other: Account): boolean => one.namespace === other.namespace && one.name === other.name;

/** Whether a consumer runs as the reviewer's account, as in the article: that consumer's chart made it, so it is not ours. */
export const isConsumers = ({ namespace, serviceAccount }: ReviewerAccount, consumers: readonly ConsumerSpec[]): boolean =>
  consumers.some((consumer) => consumer.namespace === namespace && consumer.serviceAccount === serviceAccount);
