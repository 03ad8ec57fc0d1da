import { text, at } from "../../core/values.ts";
import type { Settings } from "../../config/fields.ts";
import { kindOf } from "../../consumers/kinds.ts";
import type { StoreSpec } from "../../config/spec/consumer.ts";
import { wiringOf } from "../../config/spec/wiring.ts";
import { nameOf } from "../../consumers/external-secrets.ts";
import type { Wired } from "../../consumers/facts/wired.ts";
import { named, type Named } from "../../consumers/named.ts";
import type { KubeObject } from "../../systems/world.ts";
import type { Given } from "./choose.ts";
import type { Tally } from "./tally.ts";

interface Read {
  readonly external: KubeObject;
  readonly as: Named;
}

/**
 * The ExternalSecrets that read by the wiring, where the settings can say all that they say. Those that they cannot say go on as they are, and so do
 * those of several namespaces, since the settings name one.
 * @param settled all settings that follow so far
 */
export function secretsFrom({ kind, operator, externals }: Wired, settled: Settings, given: Given, tally: Tally): void {
  const { objects, words } = kindOf({ kind });
  if (objects === undefined || given.isSaid("secrets")) return;
  const wiring = wiringOf(settled);
  const store: StoreSpec = {
    kind: settled.storeKind,
    name: settled.storeName,
    namespace: settled.storeKind === "SecretStore" ? settled.namespace : undefined,
    allowedNamespaces: [],
  };
  const env = operator?.env ?? {};
  const login = (one: KubeObject) => objects.loginOf?.(one, env);
  const reads = (one: KubeObject): boolean =>
    objects.stores === undefined
      ? login(one)?.mount === wiring.authMount
      : objects.readsBy(one, { stores: [store], authMount: wiring.authMount });
  const all = externals
    .filter((one) => reads(one) && (!given.isSaid("namespace") || one.metadata.namespace === settled.namespace))
    .map((external): Read => ({ external, as: named(external, objects, { wiring, role: settled.roleName, store, env }) }));
  for (const { external, as } of all) if ("why" in as) tally.note(`ExternalSecret ${nameOf(external)} goes on as it is: ${as.why}.`);
  take(
    all.filter(({ as }) => "said" in as),
    { title: words.title, by: objects.stores === undefined ? `auth/${wiring.authMount}` : `${store.kind} ${store.name}` },
    tally,
  );
}

function take(known: readonly Read[], { title, by }: { readonly title: string; readonly by: string }, tally: Tally): void {
  const namespaces = [...new Set(known.map(({ external }) => external.metadata.namespace ?? ""))];
  const [namespace] = namespaces;
  if (namespace === undefined) return;
  if (namespaces.length > 1) {
    tally.note(
      `ExternalSecrets of ${title} in the namespaces ${namespaces.join(", ")} go on as they are: -n names one namespace, whose ExternalSecrets are taken over.`,
    );
    return;
  }
  const intervals = new Set(known.map(({ external }) => text(at(external["spec"], "refreshInterval"))));
  const [interval] = intervals;
  tally.add({
    settings: {
      namespace,
      secrets: known.flatMap(({ as }) => ("said" in as ? as.said : [])),
      ...(intervals.size === 1 && interval !== undefined && { refreshInterval: interval }),
    },
    because: `ExternalSecret${known.length === 1 ? "" : "s"} ${known.map(({ external }) => nameOf(external)).join(", ")} ${known.length === 1 ? "reads" : "read"} by ${by}`,
  });
}
