import { allFields, differences, type Plain } from "../../core/compare.ts";
import { NotYet } from "../../core/errors.ts";
import { fingerprint } from "../../core/fingerprint.ts";
import { inOrder } from "../../core/in-order.ts";
import { same, type Change, type Command, type Diff, type PreviewOf, type Say } from "../../core/resource.ts";
import { shellText } from "../../core/shell-text.ts";
import { untilSettled } from "../../core/settle.ts";
import type { WiringSpec } from "../../config/spec/wiring.ts";
import type { KubeObject, Readers, ReviewResult, Writers } from "../../systems/world.ts";
import type { AppResource } from "../../systems/step.ts";
import type { Content } from "../../systems/content.ts";
import { copiedCluster } from "./copied-cluster.ts";
import { frontAt } from "./fronts.ts";
import { notProven } from "./not-proven.ts";
import { reviewAddress, reviewHost, type ReviewAddress } from "./kubernetes-host.ts";
import { accessorOf, authMount, notOurMount } from "../mounts.ts";
import { onObject, onPath } from "../../systems/need.ts";
import { owner } from "../../kubernetes/ownership.ts";
import { vaultWrite, type PlainBody } from "../vault-write.ts";
import {
  configuredAnnotation,
  configuredMark,
  reviewerCredentials,
  secretField,
  tokenSecretRef,
  type ReviewerCredentials,
} from "../reviewer/token.ts";

type Configured = Pick<WiringSpec, "authMount" | "apiServer" | "reviewer">;

/**
 * The whole configuration of the cluster's auth mount. A write replaces the object, so every field is always sent. The
 * reviewer's token cannot be read back: an annotation on its Secret says which one Vault was given.
 * Documented at Vault's API docs, /auth/kubernetes "Configure Method".
 */
export function authConfig(wanted: Configured): AppResource {
  const path = `auth/${wanted.authMount}/config`;
  return {
    id: `vault ${path}`,
    diff: (read) => diffConfig(read, wanted, path),
    needs: () => [
      onPath("sys/auth", "read"),
      onPath(path, "read", "update"),
      ...onObject(tokenSecretRef(wanted.reviewer), ["get", "patch"]),
    ],
    apply: (write, say) => applyConfig(write, wanted, path, say),
    preview: (read, found) => previewConfig(read, wanted, found),
    content: (read) => content(read, wanted, path),
    command: (read) => command(read, wanted, path),
  };
}

// Everything that can be read back, with the defaults of fields that we do not use: what somebody else set there shows as a difference.
const readable = ({ host, ca }: ReviewAddress): PlainBody => ({
  kubernetes_host: host,
  kubernetes_ca_cert: ca,
  disable_local_ca_jwt: true,
  disable_iss_validation: true,
  issuer: "",
  pem_keys: [],
});

// Not every server has it, and a write without it sets it back.
const newer: PlainBody = { use_annotations_as_alias_metadata: false };

async function diffConfig(read: Readers, wanted: Configured, path: string): Promise<Diff> {
  // An address that Vault cannot use is told before anything is written, not when the reviewer's token is there.
  await reviewHost(read, wanted.apiServer);
  const [mount, credentials, found] = await inOrder([
    authMount(read, wanted.authMount),
    reviewerCredentials(read, wanted.reviewer),
    read.vault.get(path),
  ]);
  const foreign = notOurMount(mount);
  if (foreign !== undefined) return foreign;
  const address = await reviewAddress(read, wanted.apiServer, credentials.ca);
  const copied = found === undefined ? undefined : copiedCluster(wanted.authMount, found.data, address, wanted.apiServer);
  if (copied !== undefined) return copied;
  const changes = [
    ...differences(readable(address), found?.data as Plain | undefined),
    ...(found === undefined ? [] : differences(newer, { ...newer, ...found.data } as Plain)),
    ...tokenChange(credentials, mount.accessor, found?.data["token_reviewer_jwt_set"]),
  ];
  if (found === undefined) return { kind: "create", changes };
  return changes.length === 0 ? same() : { kind: "update", changes };
}

function tokenChange({ secret, token }: ReviewerCredentials & { readonly secret: KubeObject }, accessor: string, isSet: unknown): Change[] {
  if (secret.metadata.annotations?.[configuredAnnotation] === configuredMark(token, accessor) && isSet !== false) return [];
  const before = isSet === undefined ? undefined : isSet === false ? "not set" : "unknown, or another one";
  return [{ field: "token_reviewer_jwt", before, after: `the token of Secret ${secret.metadata.name}, ${fingerprint(token)}` }];
}

/** Before the reviewer has a token: what is known without it. */
async function previewConfig(read: Readers, wanted: Configured, found: PreviewOf): Promise<readonly Change[]> {
  if (!(found instanceof NotYet)) return found.changes;
  const { kubernetes_ca_cert: ca, ...known } = readable(await reviewAddress(read, wanted.apiServer, ""));
  const { namespace = "", name } = tokenSecretRef(wanted.reviewer);
  return [
    ...allFields(known),
    { field: "kubernetes_ca_cert", after: ca === "" ? `the CA in Secret ${namespace}/${name}` : String(ca) },
    { field: "token_reviewer_jwt", after: `the token in Secret ${namespace}/${name}` },
  ];
}

/** Without the token: that is read from its Secret when it is written. */
async function content(read: Readers, wanted: Configured, path: string): Promise<Content> {
  const address = await reviewAddress(read, wanted.apiServer, await clusterCa(read));
  const token = '"$work/reviewer-token"';
  // A pipe ends as its last command does, and Vault would take an empty token for none.
  const before = [`${secretField(wanted.reviewer, read.kube.context, "token")} | base64 -d > ${token}`, `[ -s ${token} ]`];
  return { kind: "write", file: "config.json", path, body: readable(address), before, more: [`token_reviewer_jwt=@${token}`] };
}

/** The CA that every namespace has, which is the one of the token Secrets. Documented at Kubernetes docs, "kube-root-ca.crt". */
async function clusterCa({ kube }: Readers): Promise<string> {
  const found = await kube.get({ apiVersion: "v1", kind: "ConfigMap", namespace: "kube-system", name: "kube-root-ca.crt" });
  return (found?.["data"] as Readonly<Record<string, string>> | undefined)?.["ca.crt"] ?? "";
}

/** Token and CA go from the Secret into files, and from there to Vault; then the Secret is told which token Vault has. */
async function command(read: Readers, wanted: Configured, path: string): Promise<Command> {
  const { reviewer, authMount: mount, apiServer } = wanted;
  const { kubernetes_ca_cert: _ca, ...known } = readable(await reviewAddress(read, apiServer, ""));
  const { context } = read.kube;
  const { name: secret, namespace = "" } = tokenSecretRef(reviewer);
  const into = (field: "token" | "ca.crt", file: string) => `${secretField(reviewer, context, field)} | base64 -d > ${file}`;
  const [token, ca] = [into("token", '"$work/reviewer-token"'), into("ca.crt", '"$work/reviewer-ca.crt"')];
  const lines = shellText("wiring/auth-config.sh", {
    credentials: { code: apiServer.caCert === undefined ? `${token}\n${ca}` : token },
    write: { code: vaultWrite(path, known) },
    ca_file: apiServer.caCert ?? { code: '"$work/reviewer-ca.crt"' },
    accessor: { code: accessorOf("sys/auth", mount) },
    context,
    namespace,
    owner,
    secret,
    annotation: configuredAnnotation,
  });
  return { lines, needs: ["vault", "work", "sha256"] };
}

async function applyConfig(write: Writers, wanted: Configured, path: string, say: Say): Promise<void> {
  const [mount, credentials] = await Promise.all([authMount(write, wanted.authMount), reviewerCredentials(write, wanted.reviewer)]);
  const address = await reviewAddress(write, wanted.apiServer, credentials.ca);
  if (wanted.apiServer.proof) await proveReview(write, address, credentials, say);
  await write.vault.post(path, { ...readable(address), token_reviewer_jwt: credentials.token });
  await write.kube.patch(tokenSecretRef(wanted.reviewer), {
    metadata: { annotations: { [configuredAnnotation]: configuredMark(credentials.token, mount.accessor) } },
  });
}

/**
 * Does from here what Vault will do: a handshake with that host and CA, and a TokenReview with that token. A login afterwards
 * would prove nothing, since Vault goes on using a connection that it has open.
 */
async function proveReview(write: Writers, address: ReviewAddress, { token }: ReviewerCredentials, say: Say): Promise<void> {
  say(`proving a token review at ${address.host}`);
  const ask = (): Promise<ReviewResult> => write.proofs.review({ ...address, reviewerToken: token, token, audiences: [] });
  // A binding, or a token, that was just made takes a moment until each API server has seen it.
  const result = await untilSettled(ask, ({ kind }) => kind !== "reviewer-refused" && kind !== "token-unknown", { withinMs: 10_000 });
  if (result.kind === "authenticated") return;
  if (address.connectTo !== undefined && isOfTheWay(result, address.connectTo))
    return say(
      `not proven from here: ${result.reason} (what lies between here and the API server is not in Vault's way; the login will tell)`,
    );
  throw notProven(address.host, result);
}

/**
 * Whether it may be what stands before the API server that failed. A router that goes by the server's name in TLS, or a proxy, knows nothing of the
 * name by which pods reach it, which Vault in this cluster uses; one that takes tokens of its own knows none of an account.
 */
const isOfTheWay = ({ kind }: ReviewResult, dialled: string): boolean =>
  kind === "untrusted" || kind === "unreachable" || (kind === "token-unknown" && frontAt(dialled) !== undefined);
