import type { Spec } from "../../config/spec.ts";
import { allFields } from "../../core/compare.ts";
import { NotYet } from "../../core/errors.ts";
import { inOrder } from "../../core/in-order.ts";
import { same, unlessRefused, type Change, type Diff, type PreviewOf, type Say } from "../../core/resource.ts";
import { onPath } from "../../systems/need.ts";
import type { AppResource } from "../../systems/step.ts";
import type { Readers, Writers } from "../../systems/world.ts";
import { authMount, notOurMount } from "../mounts.ts";
import { reviewerKindOf } from "../reviewer/kinds.ts";
import { leftByOthers } from "../reviewer/left.ts";
import { configChanges, readable, tokenField } from "./config-body.ts";
import { command, content } from "./config-script.ts";
import { configure } from "./configure.ts";
import { copiedCluster } from "./copied-cluster.ts";
import { reviewAddress, reviewHost } from "./kubernetes-host.ts";
import { otherClients } from "./other-clients.ts";
import { proveLogins } from "./prove-logins.ts";

/**
 * The whole configuration of the cluster's auth mount. A write replaces the object, so every field is always sent. What another kind of reviewer
 * rested on goes once logins work without it.
 * Documented at Vault's API docs, /auth/kubernetes "Configure Method".
 */
export function authConfig(spec: Spec): AppResource {
  const path = `auth/${spec.wiring.authMount}/config`;
  return {
    id: `vault ${path}`,
    diff: (read) => diffConfig(read, spec, path),
    needs: async (read) => [
      onPath("sys/auth", "read"),
      onPath(path, "read", "update"),
      ...(await reviewerKindOf(spec.wiring.reviewer).needs(spec, read)),
    ],
    apply: (write, say) => applyConfig(write, spec, path, say),
    preview: (read, found) => previewConfig(read, spec, found),
    content: (read) => content(read, spec, path),
    command: (read) => command(read, spec, path),
  };
}

async function diffConfig(read: Readers, spec: Spec, path: string): Promise<Diff> {
  const { wiring } = spec;
  // An address that Vault cannot use is told before anything is written, not when the reviewer's token is there.
  await reviewHost(read, wiring.apiServer);
  const [mount, reviewing, found] = await inOrder([
    authMount(read, wiring.authMount),
    reviewerKindOf(wiring.reviewer).reviewing(spec, read),
    read.vault.get(path),
  ]);
  const foreign = notOurMount(mount);
  if (foreign !== undefined) return foreign;
  const address = await reviewAddress(read, wiring.apiServer, reviewing.ca);
  const copied = found === undefined ? undefined : copiedCluster(wiring.authMount, found.data, address, wiring.apiServer);
  if (copied !== undefined) return copied;
  const left = await leftByOthers(spec, read);
  const changes = configChanges(found, { address, reviewing, accessor: mount.accessor, left: left.changes });
  if (found === undefined) return { kind: "create", changes: [...changes, ...left.changes] };
  const all = [...changes, ...left.changes];
  if (all.length === 0) return same();
  const refused = changes.length === 0 ? undefined : await otherClients(spec, read, found.data, reviewing);
  return unlessRefused({ kind: "update", changes: all }, refused);
}

/** Before the reviewer is there: what is known without it. */
async function previewConfig(read: Readers, spec: Spec, found: PreviewOf): Promise<readonly Change[]> {
  if (!(found instanceof NotYet)) return found.changes;
  const { later, ownPod } = reviewerKindOf(spec.wiring.reviewer).script;
  const { ca: from, token } = later(spec);
  const { kubernetes_ca_cert: ca, ...known } = readable(await reviewAddress(read, spec.wiring.apiServer, ""), ownPod);
  return [
    ...allFields(known),
    ...(ca === "" && from === "" ? [] : [{ field: "kubernetes_ca_cert", after: ca === "" ? from : String(ca) }]),
    ...(token === undefined ? [] : [{ field: tokenField, after: token }]),
  ];
}

async function applyConfig(write: Writers, spec: Spec, path: string, say: Say): Promise<void> {
  const { wiring } = spec;
  const [mount, reviewing, found] = await Promise.all([
    authMount(write, wiring.authMount),
    reviewerKindOf(wiring.reviewer).reviewing(spec, write),
    write.vault.get(path),
  ]);
  const address = await reviewAddress(write, wiring.apiServer, reviewing.ca);
  const left = await leftByOthers(spec, write);
  const changes = configChanges(found, { address, reviewing, accessor: mount.accessor, left: left.changes });
  if (changes.length > 0) await configure(write, spec, reviewing, say);
  const leftNow = await leftByOthers(spec, write);
  if (leftNow.changes.length === 0) return;
  await proveLogins(spec, write, say);
  await leftNow.remove(write, say);
}
