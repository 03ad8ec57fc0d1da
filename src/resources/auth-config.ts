import { differences, type Plain } from "../core/compare.ts";
import { conflict, same, type Change, type Diff, type Say } from "../core/resource.ts";
import { untilSettled } from "../core/settle.ts";
import { failure, kinds } from "../errors.ts";
import type { Readers, ReviewResult, Writers } from "../clients/world.ts";
import type { AppResource } from "../steps/define.ts";
import { reviewAddress, reviewHost, type HostSettings, type ReviewAddress } from "./kubernetes-host.ts";
import { authMount, notOurMount } from "./mount.ts";
import { configuredAnnotation, configuredMark, reviewerCredentials, tokenSecretRef, type Reviewer, type ReviewerCredentials } from "./reviewer-token.ts";

export interface AuthConfigSettings extends HostSettings {
  readonly mount: string;
  readonly reviewer: Reviewer;
  /** False where only Vault can reach the address: then nothing is proven before the write. */
  readonly hostProof: boolean;
}

/**
 * The whole configuration of the cluster's auth mount. A write replaces the object, so every field is always sent. The
 * reviewer's token cannot be read back: an annotation on its Secret says which one Vault was given.
 * Documented at Vault's API docs, /auth/kubernetes "Configure Method".
 */
export function authConfig(settings: AuthConfigSettings): AppResource {
  const path = `auth/${settings.mount}/config`;
  return {
    id: `vault ${path}`,
    diff: (read) => diffConfig(read, settings, path),
    apply: (write, say) => applyConfig(write, settings, path, say),
    command: () => `vault write ${path} kubernetes_host=… kubernetes_ca_cert=@ca.crt token_reviewer_jwt=@token disable_local_ca_jwt=true`,
  };
}

// Everything that can be read back, with the defaults of fields that we do not use: what somebody else set there shows as a difference.
const readable = ({ host, ca }: ReviewAddress): { readonly [field: string]: Plain } => ({
  kubernetes_host: host,
  kubernetes_ca_cert: ca,
  disable_local_ca_jwt: true,
  disable_iss_validation: true,
  issuer: "",
  pem_keys: [],
});

async function diffConfig(read: Readers, settings: AuthConfigSettings, path: string): Promise<Diff> {
  // An address that Vault cannot use is told before anything is written, not when the reviewer's token is there.
  await reviewHost(read, settings);
  const [mount, credentials, found] = await Promise.all([authMount(read, settings.mount), reviewerCredentials(read, settings.reviewer), read.vault.get(path)]);
  const foreign = notOurMount(settings.mount, mount.ownership);
  if (foreign !== undefined) return conflict(foreign.reason, foreign.fix);
  const address = await reviewAddress(read, settings, credentials.ca);
  const changes = [
    ...differences(readable(address), found?.data as Plain | undefined),
    ...tokenChange(credentials.secret.metadata.annotations?.[configuredAnnotation], configuredMark(credentials.token, mount.accessor), found?.data["token_reviewer_jwt_set"]),
  ];
  if (found === undefined) return { kind: "create", changes };
  return changes.length === 0 ? same() : { kind: "update", changes };
}

function tokenChange(before: string | undefined, wanted: string, isSet: unknown): Change[] {
  if (before === wanted && isSet !== false) return [];
  return [{ field: "token_reviewer_jwt", before: isSet === false ? "not set" : "unknown, or another one", after: "the token of the reviewer's Secret" }];
}

async function applyConfig(write: Writers, settings: AuthConfigSettings, path: string, say: Say): Promise<void> {
  const [mount, credentials] = await Promise.all([authMount(write, settings.mount), reviewerCredentials(write, settings.reviewer)]);
  const address = await reviewAddress(write, settings, credentials.ca);
  if (settings.hostProof) await proveReview(write, address, credentials, say);
  await write.vault.post(path, { ...readable(address), token_reviewer_jwt: credentials.token });
  await write.kube.patch(tokenSecretRef(settings.reviewer), { metadata: { annotations: { [configuredAnnotation]: configuredMark(credentials.token, mount.accessor) } } });
}

/**
 * Does from here what Vault will do: a handshake with that host and CA, and a TokenReview with that token. A login afterwards
 * would prove nothing, since Vault goes on using a connection that it has open.
 */
async function proveReview(write: Writers, address: ReviewAddress, { token }: ReviewerCredentials, say: Say): Promise<void> {
  say(`proving a token review at ${address.host}`);
  const ask = (): Promise<ReviewResult> => write.proofs.review({ ...address, reviewerToken: token, token, audiences: [] });
  // A binding that was just made takes a moment until the API server's authorizer has seen it.
  const result = await untilSettled(ask, (answer) => answer.kind !== "reviewer-refused", { withinMs: 10_000 });
  if (result.kind === "authenticated") return;
  if (address.connectTo !== undefined && result.kind === "untrusted") return say(`not proven from here: ${result.reason} (the kubeconfig may go through a proxy; the login will tell)`);
  throw failure(kinds.hostNotProven, { what: `Vault could not review tokens at ${address.host}`, why: `${whatFailed[result.kind]}: ${result.reason}`, fix: `${whatHelps[result.kind]} Nothing was written to Vault's config.` });
}

type Failed = Exclude<ReviewResult["kind"], "authenticated">;
const whatFailed: Readonly<Record<Failed, string>> = {
  "not-authenticated": "The API server does not take the reviewer's own token",
  "reviewer-refused": "The reviewer may not review tokens",
  untrusted: "The certificate there is not signed by the CA, or is for another name",
  unreachable: "Nothing answers there",
};
const whatHelps: Readonly<Record<Failed, string>> = {
  "not-authenticated": "Is it another cluster's address? --kubernetes-host names the right one.",
  "reviewer-refused": "vault-k8s reviewer binds it to system:auth-delegator.",
  untrusted: "--kubernetes-ca-cert names the CA of that address; --kubernetes-host another address.",
  unreachable: "--kubernetes-host names the address at which Vault reaches this cluster's API server; --no-host-proof goes on where only Vault can reach it.",
};
