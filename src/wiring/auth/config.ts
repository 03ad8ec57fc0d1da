import type { Spec } from "../../config/spec.ts";
import { allFields, differences, type Plain } from "../../core/compare.ts";
import { NotYet } from "../../core/errors.ts";
import { fingerprint } from "../../core/fingerprint.ts";
import { inOrder } from "../../core/in-order.ts";
import { same, unlessRefused, type Change, type Command, type Diff, type PreviewOf, type Say } from "../../core/resource.ts";
import { shellText } from "../../core/shell-text.ts";
import type { Readers, Writers } from "../../systems/world.ts";
import type { AppResource } from "../../systems/step.ts";
import type { Content } from "../../systems/content.ts";
import { clusterCa } from "../cluster-ca.ts";
import { copiedCluster } from "./copied-cluster.ts";
import { reviewAddress, reviewHost, type ReviewAddress } from "./kubernetes-host.ts";
import { proveLogins } from "./prove-logins.ts";
import { proveReview } from "./prove-review.ts";
import { accessorOf, authMount, notOurMount } from "../mounts.ts";
import { onPath } from "../../systems/need.ts";
import { owner } from "../../kubernetes/ownership.ts";
import { vaultWrite, type PlainBody } from "../vault-write.ts";
import type { GivenToken, Reviewing } from "../reviewer/kind.ts";
import { reviewerKindOf } from "../reviewer/kinds.ts";
import { leftByOthers } from "../reviewer/left.ts";
import { configuredAnnotation, tokenSecretRef } from "../reviewer/token.ts";
import { otherClients } from "./other-clients.ts";

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
    needs: () => [onPath("sys/auth", "read"), onPath(path, "read", "update"), ...reviewerKindOf(spec.wiring.reviewer).needs(spec)],
    apply: (write, say) => applyConfig(write, spec, path, say),
    preview: (read, found) => previewConfig(read, spec, found),
    content: (read) => content(read, spec, path),
    command: (read) => command(read, spec, path),
  };
}

// Everything that can be read back, with the defaults of fields that we do not use: what somebody else set there shows as a difference.
const readable = ({ host, ca }: ReviewAddress, ownPod: boolean): PlainBody => ({
  kubernetes_host: host,
  kubernetes_ca_cert: ca,
  disable_local_ca_jwt: !ownPod,
  disable_iss_validation: true,
  issuer: "",
  pem_keys: [],
});

// Not every server has it, and a write without it sets it back.
const newer: PlainBody = { use_annotations_as_alias_metadata: false };

type Found = { readonly data: Readonly<Record<string, unknown>> } | undefined;

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

interface WantedConfig {
  readonly address: ReviewAddress;
  readonly reviewing: Reviewing;
  readonly accessor: string;
  /** What another kind of reviewer rested on, and is there still. */
  readonly left: readonly Change[];
}

const configChanges = (found: Found, { address, reviewing, accessor, left }: WantedConfig): Change[] => [
  ...differences(readable(address, reviewing.ownPod), found?.data as Plain | undefined),
  ...(found === undefined ? [] : differences(newer, { ...newer, ...found.data } as Plain)),
  ...(reviewing.given === undefined ? noToken(found, left) : tokenChange(reviewing.given, accessor, found?.data[isSet])),
];

const field = "token_reviewer_jwt";

const isSet = "token_reviewer_jwt_set";

/** Servers before Vault 1.16 do not say whether there is a token: there may be one while an earlier reviewer is there. */
function noToken(found: Found, left: readonly Change[]): Change[] {
  const set = found === undefined ? false : (found.data[isSet] ?? left.length > 0);
  return set === true ? [{ field, before: found?.data[isSet] === true ? "set" : "may be set" }] : [];
}

function tokenChange(given: GivenToken, accessor: string, set: unknown): Change[] {
  if (given.isConfigured(accessor) && set !== false) return [];
  const before = set === undefined ? undefined : set === false ? "not set" : "unknown, or another one";
  return [{ field, before, after: `${given.from}, ${fingerprint(given.token)}` }];
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
    ...(token === undefined ? [] : [{ field, after: token }]),
  ];
}

/** Without the token: that is read from its Secret when it is written. */
async function content(read: Readers, spec: Spec, path: string): Promise<Content> {
  const { script } = reviewerKindOf(spec.wiring.reviewer);
  const address = await reviewAddress(read, spec.wiring.apiServer, script.ownPod ? "" : await clusterCa(read));
  const write = { kind: "write", file: "config.json", path, body: readable(address, script.ownPod) } as const;
  const token = '"$work/reviewer-token"';
  const fetched = script.token?.(spec, read.kube.context);
  // A pipe ends as its last command does, and Vault would take an empty token for none.
  return fetched === undefined ? write : { ...write, before: [fetched, `[ -s ${token} ]`], more: [`token_reviewer_jwt=@${token}`] };
}

/** Token and CA go from where they are into files, and from there to Vault; then the Secret is told which token Vault has. */
async function command(read: Readers, spec: Spec, path: string): Promise<Command> {
  const { reviewer, authMount: mount, apiServer } = spec.wiring;
  const { script } = reviewerKindOf(reviewer);
  const { kubernetes_ca_cert: _ca, ...known } = readable(await reviewAddress(read, apiServer, ""), script.ownPod);
  const { context } = read.kube;
  const [token, ca] = [script.token?.(spec, context), apiServer.caCert === undefined ? script.ca(spec, context) : undefined];
  const credentials = { code: [token, ca].filter((line) => line !== undefined).join("\n") };
  const write = { code: vaultWrite(path, known) };
  const ca_file = apiServer.caCert ?? { code: '"$work/reviewer-ca.crt"' };
  if (script.ownPod) return { lines: write.code, needs: ["vault"] };
  if (token === undefined)
    return { lines: shellText("wiring/auth-config-no-token.sh", { credentials, write, ca_file }), needs: ["vault", "work"] };
  const { name: secret, namespace = "" } = tokenSecretRef(reviewer);
  const accessor = { code: accessorOf("sys/auth", mount) };
  const about = { context, namespace, owner, secret, annotation: configuredAnnotation };
  return {
    lines: shellText("wiring/auth-config.sh", { credentials, write, ca_file, accessor, ...about }),
    needs: ["vault", "work", "sha256"],
  };
}

async function applyConfig(write: Writers, spec: Spec, path: string, say: Say): Promise<void> {
  const { wiring } = spec;
  const kind = reviewerKindOf(wiring.reviewer);
  const [mount, reviewing, found] = await Promise.all([
    authMount(write, wiring.authMount),
    kind.reviewing(spec, write),
    write.vault.get(path),
  ]);
  const address = await reviewAddress(write, wiring.apiServer, reviewing.ca);
  const left = await leftByOthers(spec, write);
  if (configChanges(found, { address, reviewing, accessor: mount.accessor, left: left.changes }).length > 0) {
    if (wiring.apiServer.proof)
      await proveReview(write, { ...address, ca: address.ca || (await clusterCa(write)) }, await kind.proof(spec, write), say);
    const { given } = reviewing;
    await write.vault.post(path, { ...readable(address, reviewing.ownPod), ...(given && { token_reviewer_jwt: given.token }) });
    await given?.configured(write, mount.accessor);
  }
  if (left.changes.length === 0) return;
  await proveLogins(spec, write, say);
  await left.remove(write, say);
}
