import type { ConsumerSpec } from "../../config/spec/consumer.ts";
import type { ReviewerSpec } from "../../config/spec/wiring.ts";

/** Whether a consumer runs as the reviewer's account, as in the article: that consumer's chart made it, so it is not ours. */
export const isConsumers = ({ namespace, serviceAccount }: ReviewerSpec, consumers: readonly ConsumerSpec[]): boolean =>
  consumers.some((consumer) => consumer.namespace === namespace && consumer.serviceAccount === serviceAccount);
