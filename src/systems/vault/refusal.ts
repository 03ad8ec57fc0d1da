import type { CliError } from "../../core/errors.ts";
import { failure, kinds, notYet } from "../../errors.ts";
import type { HttpAnswer } from "../http/http.ts";
import type { HttpFailure } from "../http/failure.ts";
import { texts } from "../../core/values.ts";
import { clean } from "../words.ts";
import type { VaultServer } from "./server.ts";

/** One request in the words of an error. */
export interface VaultAct {
  readonly method: "GET" | "POST" | "DELETE";
  /** As a policy writes it. */
  readonly path: string;
  /** Where it went, for people. */
  readonly where: string;
  /** What must not stand in a message, whatever the server says. */
  readonly secrets: readonly string[];
}

/** A body may be large, and what follows looks at every character. */
const mostWords = 100_000;

/** What Vault says of a failure, on one line. Documented at Vault's API docs, "HTTP API", "Error response". */
export function wordsOf(answer: HttpAnswer, secrets: readonly string[] = []): string {
  const errors = errorsOf(answer);
  const words = errors === undefined ? answer.body.slice(0, mostWords) : errors.join("; ").slice(0, mostWords);
  // Several errors at once come as a list of "\t* " lines below a count.
  return clean(words.replace(/\d+ errors? occurred:/g, "").replace(/(^|\n)\s*\*\s+/g, "$1 "), secrets);
}

function errorsOf({ json }: HttpAnswer): string[] | undefined {
  const errors = (json as { errors?: unknown } | null | undefined)?.errors;
  return Array.isArray(errors) ? texts(errors) : undefined;
}

/** Whether a body is one that Vault writes: an object, or nothing with 204. */
export const isVaults = (answer: HttpAnswer): boolean => answer.status === 204 || (typeof answer.json === "object" && answer.json !== null);

/** What a server written in Go answers on a port for https to plain http. */
export const saysHttps = (answer: HttpAnswer): boolean => /HTTP request to an HTTPS server/i.test(answer.body);

export const isBadToken = (answer: HttpAnswer): boolean => answer.status === 403 && /invalid token|bad token/i.test(wordsOf(answer));

/** An answer that is neither a success, nor 403, 404 or a sealed Vault, as the error that a person reads. */
export function rejected(act: VaultAct, answer: HttpAnswer): CliError {
  if (!isVaults(answer)) return garbage(act, answer);
  const what = `Vault ${answer.status >= 500 ? "failed" : "did not accept it"}: ${verbs[act.method]} ${act.path} (${act.where})`;
  const why = wordsOf(answer, act.secrets) || `It answered ${answer.status} without a word.`;
  return failure(answer.status >= 500 ? kinds.vaultFailed : kinds.vaultRejected, {
    what,
    why,
    fix: answer.status >= 500 ? "Look at the log of Vault, then run the same command again." : undefined,
  });
}

const verbs = { GET: "read", POST: "write", DELETE: "delete" } as const;

/** The token is wrong, expired or of another Vault. */
export function badToken(act: VaultAct): CliError {
  return failure(kinds.vaultBadToken, {
    what: `Vault does not know the token (${act.where})`,
    why: "It is wrong, expired, revoked, or of another Vault.",
    fix: "Log in again (vault login), or give a valid token: VAULT_TOKEN, --vault-token-file.",
  });
}

/** @param missing the capabilities that a policy has to give; none where the token seems to have all. */
export function denied(act: VaultAct, answer: HttpAnswer, missing: readonly string[]): CliError {
  const words = wordsOf(answer, act.secrets);
  return failure(kinds.vaultDenied, {
    what: `The Vault token may not ${verbs[act.method]} ${act.path}`,
    why:
      missing.length === 0
        ? `${words}. Its policies allow the path, so a namespace, a parameter or a rule beside them refuses it.`
        : `${words}. It lacks: ${missing.join(", ")}.`,
    fix:
      missing.length === 0
        ? "Ask who runs Vault."
        : `Ask for a policy with: path "${act.path}" { capabilities = [${missing.map((one) => `"${one}"`).join(", ")}] }`,
  });
}

/** What answered is not Vault, or sends elsewhere. The token is not sent after a redirect. */
export function garbage(act: VaultAct, answer: HttpAnswer): CliError {
  const location = clean(answer.headers["location"] ?? "", act.secrets);
  if (answer.status >= 300 && answer.status < 400 && location !== "") return redirected(act, answer.status, location);
  const tls = saysHttps(answer);
  return failure(kinds.vaultGarbage, {
    what: `What answers is not Vault (${act.where})`,
    why: tls ? "It speaks https." : `It answered ${answer.status} with ${clean(answer.headers["content-type"] ?? "no content type")}.`,
    fix: tls ? "Write https:// in the address." : "Look at the address, and at a proxy or login page in between.",
  });
}

function redirected(act: VaultAct, status: number, location: string): CliError {
  const origin = URL.canParse(location) ? new URL(location).origin : location;
  return failure(kinds.vaultGarbage, {
    what: `Vault is not served there (${act.where})`,
    why: `It answered ${status} and sends to ${origin}; the token is not sent there unasked.`,
    fix: `If that is your Vault: --vault-addr ${origin}`,
  });
}

/** No answer came. From a pod it may come, when the pod serves the certificate that its CA is for. */
export function unreachable({ title, isPod }: Pick<VaultServer, "title" | "isPod">, error: HttpFailure): CliError {
  const what = `Vault does not answer (${title})`;
  const why = `${error.message.charAt(0).toUpperCase()}${error.message.slice(1)}.`;
  if (error.reason === "unknown-client") return failure(kinds.vaultUnreachable, { what, why, fix: clientCertificateFix });
  if (error.reason === "malformed")
    return failure(kinds.vaultGarbage, { what, why, fix: "Is it http:// instead of https://, or the other way round?" });
  if (error.reason === "aborted") return interrupted();
  if (isPod && error.reason === "untrusted") return notYet(kinds.vaultUnreachable, { what, why, fix: podsCertificateFix });
  return failure(kinds.vaultUnreachable, { what, why, fix: unreachableFix(error) });
}

/** What a request that ended with its run says. */
export const interrupted = (): CliError =>
  failure(kinds.interrupted, {
    what: "Interrupted while asking Vault",
    fix: "Run the same command again: it goes on where it stopped.",
  });

const clientCertificateFix =
  "Set VAULT_CLIENT_CERT and VAULT_CLIENT_KEY, as for the vault command: a certificate that a CA of its listener's tls_client_ca_file signed, and its key.";

/** What mends a certificate of Vault's pods that is not trusted. */
export const podsCertificateFix =
  "vault-k8s tls makes a new certificate where one is needed, and has the pods load what their Secret holds. --ca-cert names another CA than the one that the pods mount.";

function unreachableFix({ reason }: HttpFailure): string {
  if (reason === "untrusted") return "Name the CA that signed its certificate with --ca-cert, or an address that is in the certificate.";
  return "Look at the address, and whether a firewall or VPN is in between.";
}
