import type { Settings } from "../../config/fields.ts";
import type { Flags } from "../../config/sources.ts";
import type { Wired } from "../../consumers/facts/wired.ts";
import type { InCluster } from "../../doctor/facts/in-cluster.ts";
import type { InVault, LoginThere } from "../../doctor/facts/in-vault.ts";
import type { Choose, Given } from "./choose.ts";
import { consumerFrom } from "./consumer.ts";
import { mountFrom, roleFrom } from "./login.ts";
import { policyFrom } from "./policy.ts";
import { reviewerFrom } from "./reviewer.ts";
import { secretsFrom } from "./secrets.ts";
import { addressFrom, storeFrom } from "./store.ts";
import { Tally, type Followed } from "./tally.ts";

interface Found {
  readonly cluster: InCluster;
  readonly vault: InVault;
}

interface Asking {
  readonly given: Given;
  readonly choose: Choose;
  /** All settings once these flags count too. */
  readonly settle: (more: Flags) => Promise<Settings>;
}

/** The settings with which bootstrap goes on with a wiring that somebody made. What nobody said and nothing tells keeps its default. */
export async function wiringFrom(found: Found, { given, choose, settle }: Asking): Promise<Followed> {
  const tally = new Tally(given);
  const asking = { given, choose, tally };
  const { cluster, vault } = found;
  const consumer = await consumerFrom(
    cluster,
    vault.logins.map(({ mount }) => mount),
    asking,
  );
  const login = await mountFrom(vault, consumer, asking);
  if (login !== undefined) {
    await loginFrom(found, { login, consumer }, asking);
    await reviewerFrom(found, login, consumer, asking);
    if (consumer !== undefined) secretsFrom(consumer, await settle(tally.followed().settings), given, tally);
  }
  for (const kind of cluster.unseen) tally.note(`You may not list objects of kind ${kind}: what of them is there is not known.`);
  return tally.followed();
}

async function loginFrom(
  { vault }: Found,
  { login, consumer }: { readonly login: LoginThere; readonly consumer: Wired | undefined },
  asking: Pick<Asking, "given" | "choose"> & { readonly tally: Tally },
): Promise<void> {
  if (login.otherCa && !asking.given.isSaid("kubernetesCaCert"))
    asking.tally.note(
      `auth/${login.mount} trusts another CA than the cluster's own: --kubernetes-ca-cert keeps it, else bootstrap writes the cluster's.`,
    );
  const found = await roleFrom(login, consumer, asking);
  if (found === undefined) return;
  await policyFrom(vault, found.role, consumer, asking);
  if (consumer === undefined) return;
  const store = await storeFrom(consumer, { mount: login.mount, role: found.role.name }, asking);
  addressFrom(consumer, store, vault, asking.tally);
}
