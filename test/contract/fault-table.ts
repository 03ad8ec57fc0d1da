import type { Recorded } from "../fakes/wire/exchange.ts";
import {
  echoAsKube,
  echoAsVault,
  garbage,
  hang,
  html,
  kubeError,
  noise,
  redirectTo,
  sealed,
  vaultError,
  type Fault,
} from "../fakes/wire/faults.ts";
import { isWrite } from "./writes.ts";

export type Server = "vault" | "kube";

/** Somebody else's server, to which a redirect would carry the token. */
const elsewhere = "https://login.example.com/v1/steal";

/** What may come instead of an answer, whoever is asked. */
const anyones: Readonly<Record<string, Fault>> = {
  "half an answer": garbage,
  "a web page": html,
  "bytes that are not HTTP": noise,
  "a redirect to another host": redirectTo(elsewhere),
  "no answer": hang,
};

/** What goes wrong, by the server that does it. */
export const faultsOf: Readonly<Record<Server, Readonly<Record<string, Fault>>>> = {
  vault: {
    ...anyones,
    "403 permission denied": vaultError(403, "1 error occurred:\n\t* permission denied\n\n"),
    "403 invalid token": vaultError(403, "2 errors occurred:\n\t* permission denied\n\t* invalid token\n\n"),
    "404 nothing there": vaultError(404),
    "500 failed": vaultError(500, "1 error occurred:\n\t* internal error\n\n"),
    sealed,
    "an echo of the request": echoAsVault,
  },
  kube: {
    ...anyones,
    "401 unauthorized": kubeError(401, "Unauthorized", "Unauthorized"),
    "403 forbidden": kubeError(
      403,
      "Forbidden",
      'secrets "x" is forbidden: User "operator" cannot patch resource "secrets" in API group "" in the namespace "vault-k8s"',
    ),
    "404 not found": kubeError(404, "NotFound", "the server could not find the requested resource"),
    "500 failed": kubeError(500, "InternalError", "Internal error occurred: etcdserver: leader changed"),
    "an echo of the request": echoAsKube,
  },
};

export type Scope = "every request" | "what comes after the health check" | "writes";

const scopes: Readonly<Record<Scope, (request: Recorded) => boolean>> = {
  "every request": () => true,
  "what comes after the health check": ({ path }) => !/sys\/(health|seal-status|leader)/.test(path),
  writes: ({ method, path }) => isWrite(method, path),
};

/** Where faults are put in. */
export const scopesOf: Readonly<Record<Server, readonly Scope[]>> = {
  vault: ["every request", "what comes after the health check", "writes"],
  kube: ["every request", "writes"],
};

/** Whether a request meets the faults that are put in there. */
export const meets = (server: Server, scope: Scope, request: Recorded): boolean =>
  request.server.startsWith(server) && scopes[scope](request);
