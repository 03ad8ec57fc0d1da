import { fail, failForGood, missingSecret, pass, unproven, type Found } from "../core/check.ts";
import type { SecretSpec } from "../config/spec/consumer.ts";
import { kubectl } from "../kubernetes/kubectl.ts";
import type { KubeObject, KubeReader } from "../systems/world.ts";
import type { ConsumerObjects } from "./consumer-objects.ts";
import { isReady, whyNotReady } from "./facts/condition.ts";
import type { HeldAt, Written } from "./written.ts";

/** What was seen of one secret at one moment. */
export interface Seen {
  readonly objects: ConsumerObjects;
  readonly wanted: SecretSpec;
  readonly from: HeldAt;
  readonly external: KubeObject;
  readonly secret: KubeObject | undefined;
  readonly kube: Pick<KubeReader, "context">;
}

/** Whether a Secret is what the operator makes of Vault's secret; what waiting cannot mend is a failure for good. */
export function judged(seen: Seen): Found {
  const { objects, wanted, from, external } = seen;
  const made = objects.written(external, from);
  const [here, inVault] = [hereOf(seen), `${from.mount}/${from.path}`];
  if (made.kind === "impossible") return failForGood(`${here} cannot become equal to ${inVault}: ${made.why}`, look(seen));
  if (made.kind === "lacking")
    return missingSecret(`Vault holds no ${JSON.stringify(made.key)} at ${inVault} yet`, (line) => line("secret put", wanted.path));
  if (seen.secret === undefined) return fail(`${here} is not there: ${said(seen)}`, look(seen));
  if (made.kind === "unknown")
    return isReady(objects.readyOf(external)) ? unproven(`cannot be compared: ${made.why}`) : fail(`${here}: ${said(seen)}`, look(seen));
  if (!readsAll(made, seen))
    return failForGood(`ExternalSecret ${wanted.namespace}/${wanted.name} does not bring all of ${inVault}`, (line) => line("secret"));
  return holds(seen.secret, made.values) ? pass("the values are equal") : differs(seen, seen.secret);
}

type Values = Extract<Written, { kind: "values" }>;

const hereOf = ({ wanted: { name, namespace } }: Seen): string => `Secret ${namespace}/${name}`;
const said = ({ objects, external }: Seen): string => whyNotReady(objects.readyOf(external));
const look = ({ kube, objects, wanted: { name, namespace } }: Seen): string =>
  kubectl(kube, `describe externalsecrets.${objects.group} ${name} -n ${namespace}`);

function readsAll({ reads }: Values, { wanted: { keys }, from: { held } }: Seen): boolean {
  if (reads === undefined) return true;
  const names = keys.length === 0 ? Object.keys(held) : keys;
  return reads.size > 0 && names.every((name) => reads.has(name));
}

/** Whether a Secret holds these values; others beside them do not count. */
export function holds(secret: KubeObject, values: Values["values"]): boolean {
  const data = (secret["data"] ?? {}) as Readonly<Record<string, string | null>>;
  return [...values].every(([key, texts]) => {
    if (!Object.hasOwn(data, key)) return false;
    const bytes = Buffer.from(data[key] ?? "", "base64");
    return texts.some((text) => bytes.equals(Buffer.from(text)));
  });
}

function differs(seen: Seen, secret: KubeObject): Found {
  const { objects, external } = seen;
  const reason = `${hereOf(seen)} holds other values than Vault`;
  if (secret["immutable"] === true) return failForGood(`${reason}, and is immutable`, look(seen));
  const ready = objects.readyOf(external);
  if (ready !== undefined && !isReady(ready)) return fail(`${reason}: ${said(seen)}`, look(seen));
  if (objects.readsOnce?.(external) === true)
    return failForGood(`${reason}: its ExternalSecret was synced once, and is not refreshed`, look(seen));
  return fail(reason, "It is refreshed at the ExternalSecret's interval; wait for it, or look at the ExternalSecret's status.");
}
