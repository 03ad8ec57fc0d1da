import type { Plain } from "../../core/compare.ts";
import { CliError } from "../../core/errors.ts";
import type { Secret } from "../../core/redact/known.ts";
import { secretsIn } from "../../core/secret-names.ts";
import { failure, kinds, notYet } from "../../errors.ts";
import type { HttpAnswer } from "../http/http.ts";
import type { HttpFailure } from "../http/failure.ts";
import { valuesOfSecret } from "../secret-values.ts";
import { clean } from "../words.ts";
import { kindIsNotServed, otherManagers, statusOf, webhookFails, type KubeStatus } from "./status.ts";
import { kubectlIn } from "../kubectl.ts";

/** One request to an API server, in the words of an error. */
export interface KubeAct {
  readonly verb: string;
  /** Plural with its group, e.g. "externalsecrets.external-secrets.io". */
  readonly resource: string;
  readonly name?: string | undefined;
  readonly namespace?: string | undefined;
  /** What a write sent: a webhook may repeat it. */
  readonly sent?: unknown;
}

/** Which API server it was. */
export interface KubePlace {
  readonly context: string;
  readonly server: string;
  /** The proxy in between, without its password. */
  readonly proxy?: string | undefined;
}

const through = ({ proxy }: KubePlace): string => (proxy === undefined ? "" : ` through the proxy ${proxy}`);

/** An answer that is not a success, as the CliError that a person reads. */
export function refused(act: KubeAct, place: KubePlace, answer: HttpAnswer): CliError {
  const status = statusOf(answer);
  if (status === undefined && answer.status !== 404 && answer.status !== 401) return garbage(place, answer);
  const secrets = secretsSent(act);
  const words = clean(status?.message ?? answer.body, secrets);
  const what = `${sentence(act)} failed`;
  switch (answer.status) {
    case 401:
      return failure(kinds.kubeUnauthenticated, {
        what: `Kubernetes does not know who you are (context ${place.context})`,
        why: words,
        fix: `Log in again, and try: ${kubectlIn(place.context)} get namespaces`,
      });
    case 403:
      return forbidden(act, place, status, { words, secrets });
    case 404:
      return kindIsNotServed(answer)
        ? notServed(act, words)
        : notYet(kinds.kubeRejected, { what, why: words, fix: "What is missing has to be made first." });
    case 409:
      return conflicted(act, status, { words, secrets });
    case 400:
    case 413:
    case 415:
    case 422:
      return failure(kinds.kubeRejected, { what, why: [words, ...causes(status, secrets)].join("\n") });
    default:
      return failedInside(act, answer, words);
  }
}

/** What a Secret that was written holds, and what goes by a secret's name in another object. */
const secretsSent = ({ resource, sent }: KubeAct): Secret[] =>
  resource === "secrets" ? valuesOfSecret(sent) : secretsIn((sent ?? null) as Plain);

/** What the server says, fit to print, and what must not stand in anything else of its answer. */
interface Said {
  readonly words: string;
  readonly secrets: readonly Secret[];
}

/** A schema that does not know a field is told as a 500 by server-side apply. */
function failedInside(act: KubeAct, answer: HttpAnswer, words: string): CliError {
  const what = `${sentence(act)} failed`;
  if (webhookFails(answer))
    return failure(kinds.webhookNotServing, {
      what,
      why: words,
      fix: "Wait until the operator's webhook runs (kubectl get pods), then run the same command again.",
    });
  if (/failed to create typed patch object/.test(words)) return failure(kinds.kubeRejected, { what, why: words });
  return failure(kinds.kubeFailed, { what, why: `The API server answered ${answer.status}: ${words}` });
}

/** No answer came. */
export function unreachable(place: KubePlace, error: HttpFailure): CliError {
  if (error.reason === "aborted")
    return failure(kinds.interrupted, {
      what: `Interrupted while asking context ${place.context}`,
      fix: "Run the same command again: it goes on where it stopped.",
    });
  const fix =
    error.reason === "untrusted"
      ? `Its certificate is not trusted: look at the certificate authority of context ${place.context}. Where it has none, this machine's counts (SSL_CERT_FILE).`
      : `Try: ${kubectlIn(place.context)} get namespaces`;
  return failure(error.reason === "malformed" ? kinds.kubeGarbage : kinds.kubeUnreachable, {
    what: `The API server ${place.server} of context ${place.context} does not answer${through(place)}`,
    why: `${capital(error.message)}.`,
    fix,
  });
}

/** What answered is no API server, or one that does not say what API servers say. */
export function garbage(place: KubePlace, answer: HttpAnswer): CliError {
  const where = answer.headers["location"];
  return failure(kinds.kubeGarbage, {
    what: `What answers at ${place.server}${through(place)} is not a Kubernetes API server (context ${place.context})`,
    why: `It answered ${answer.status} ${where === undefined ? `with ${clean(answer.headers["content-type"] ?? "no content type")}` : `and sends to ${clean(where)}`}.`,
    fix: "Look at the server address in the kubeconfig, and at a proxy or login page in between.",
  });
}

function notServed(act: KubeAct, words: string): CliError {
  return notYet(kinds.notServed, {
    what: `The cluster does not serve ${act.resource}`,
    why: words,
    fix: "Install what brings this kind first, or a version of it that serves it.",
  });
}

/** A refusal by authorization names user, verb and resource; one by admission (quota, policy, namespace going away) does not. */
function forbidden(act: KubeAct, place: KubePlace, status: KubeStatus | undefined, { words, secrets }: Said): CliError {
  const byAuthorization = /User ".*" cannot |RBAC permissions not currently held|is attempting to grant/.test(status?.message ?? "");
  if (!byAuthorization) return failure(kinds.kubeRejected, { what: `${sentence(act)} was refused by an admission rule`, why: words });
  const user = /[Uu]ser "([^"]*)"/.exec(status?.message ?? "")?.[1];
  const scope = act.namespace === undefined ? "" : ` -n ${act.namespace}`;
  return failure(kinds.kubeForbidden, {
    what: `${user === undefined ? "You" : clean(user, secrets)} may not ${act.verb} ${act.resource}${act.namespace === undefined ? "" : ` in namespace ${act.namespace}`} (context ${place.context})`,
    why: words,
    fix: `Ask for a role that allows it. Check with: ${kubectlIn(place.context)} auth can-i ${act.verb} ${act.resource}${scope}`,
  });
}

function conflicted(act: KubeAct, status: KubeStatus | undefined, { words, secrets }: Said): CliError {
  const fields = (status?.details?.causes ?? []).filter((cause) => cause.reason === "FieldManagerConflict");
  if (fields.length === 0)
    return failure(kinds.kubeRejected, { what: `${sentence(act)} met another change`, why: words, fix: "Run the same command again." });
  const managers = otherManagers(status).map((name) => clean(name, secrets));
  return failure(kinds.notOurs, {
    what: `${sentence(act)} met fields that ${managers.join(" and ")} manages: ${fields.map((cause) => clean(cause.field ?? "?", secrets)).join(", ")}`,
    why: "vault-k8s takes over no field that another tool set.",
    fix: `Let ${managers.join(" and ")} give up those fields, or remove the object there, and run the same command again.`,
  });
}

/** Causes that the message does not tell anyway. */
function causes(status: KubeStatus | undefined, secrets: readonly Secret[]): string[] {
  const unsaid = (status?.details?.causes ?? []).filter((cause) => !(status?.message ?? "").includes(cause.message ?? ""));
  return unsaid.slice(0, 10).map((cause) => `${clean(cause.field ?? "", secrets)}: ${clean(cause.message ?? "", secrets)}`);
}

function sentence({ verb, resource, name, namespace }: KubeAct): string {
  const object = name === undefined ? resource : `${resource} ${name}`;
  return capital(`${verb} of ${object}${namespace === undefined ? "" : ` in namespace ${namespace}`}`);
}

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
