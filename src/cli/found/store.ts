import { kindOf } from "../../consumers/kinds.ts";
import type { StoreThere, Wired } from "../../consumers/facts/wired.ts";
import type { InVault } from "../../doctor/facts/in-vault.ts";
import { isPlainAddress } from "./place.ts";
import { oneOf, type Choose, type Given, type Option } from "./choose.ts";
import type { Tally } from "./tally.ts";

interface Asking {
  readonly given: Given;
  readonly choose: Choose;
  readonly tally: Tally;
}

/** The store that logs in by a role. Undefined where the kind has none, or none is there. */
export async function storeFrom(
  { stores }: Wired,
  login: { readonly mount: string; readonly role: string },
  { given, choose, tally }: Asking,
): Promise<StoreThere | undefined> {
  const { settings, isSaid } = given;
  const asked = stores.filter(
    (store) =>
      store.login.mount === login.mount &&
      store.login.role.toLowerCase() === login.role &&
      (!isSaid("storeName") || store.name === settings.storeName) &&
      (!isSaid("storeKind") || store.kind === settings.storeKind) &&
      (!isSaid("namespace") || store.namespace === undefined || store.namespace === settings.namespace),
  );
  const options = asked.map(optionFor);
  const explain = "bootstrap keeps one store; the others go on as they are.";
  const fields = ["storeKind", "storeName", "namespace"] as const;
  const chosen = await oneOf({ about: "Which store is it?", explain, fields, options }, choose);
  const store = chosen && asked[options.indexOf(chosen)];
  if (chosen === undefined || store === undefined) return undefined;
  tally.add(chosen);
  if (store.allowed === undefined)
    tally.note(`${title(store)} says by other means than names which namespaces may use it: bootstrap leaves that as it is.`);
  return store;
}

const title = ({ kind, name, namespace }: StoreThere): string => `${kind} ${namespace === undefined ? "" : `${namespace}/`}${name}`;

function optionFor(store: StoreThere): Option {
  const { kind, name, namespace, login, allowed = [] } = store;
  return {
    name: title(store),
    settings: {
      storeKind: kind,
      storeName: name,
      ...(namespace !== undefined && { namespace }),
      ...(allowed.length > 0 && { storeNamespaces: allowed }),
    },
    because: `${title(store)} logs in at auth/${login.mount} with role ${login.role}`,
  };
}

/** The address at which pods reach Vault now stays the one that they are told. */
export function addressFrom({ kind, operator }: Wired, store: StoreThere | undefined, vault: InVault, tally: Tally): void {
  const { objects, words } = kindOf({ kind });
  const there = store?.server ?? objects?.addressIn?.(operator?.env ?? {});
  const plain = there?.replace(/\/+$/, "");
  if (plain === undefined || plain === "" || plain === vault.consumerAddress || !isPlainAddress(plain)) return;
  const by = store === undefined ? `the deployment of ${words.title}` : title(store);
  tally.add({ settings: { consumerVaultAddr: plain }, because: `${by} reaches Vault there` });
}
