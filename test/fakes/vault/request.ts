import { asObject, parsed, type JsonObject } from "../wire/json.ts";
import type { Answer, Ask } from "../wire/exchange.ts";
import type { Names } from "../wire/names.ts";
import type { VaultNode } from "./node.ts";
import type { Profile } from "./profile.ts";
import type { Storage, Token } from "./storage.ts";

/** The nodes that a test has started, and what they know of their surroundings. */
export interface Surroundings {
  readonly nodes: readonly VaultNode[];
  readonly names: Names;
  /** What a Vault pod finds in /var/run/secrets; undefined where Vault runs outside of Kubernetes. */
  podCredentials(): { readonly ca: string; readonly token: string } | undefined;
  /** How many questions about the raft a server that has joined has no vote for. */
  stabilising(): number;
  /** How many requests a new KV version 2 mount answers with the message of its upgrade. */
  readonly upgradeRequests: number;
  readonly profile: Profile;
}

/** A request to one node, before anyone asked who it is. */
export interface NodeRequest {
  readonly method: string;
  /** Without /v1/ and without slash at the front. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly body: JsonObject;
  readonly node: VaultNode;
  readonly around: Surroundings;
}

/** A request that has arrived at unsealed storage. */
export interface VaultRequest extends NodeRequest {
  readonly storage: Storage;
  readonly token: Token | undefined;
}

/** One part of the API: a method, the paths that it serves, and what it does. `match` holds the groups of the pattern. */
export interface Route<R> {
  readonly method: "GET" | "POST" | "DELETE" | "LIST";
  readonly path: RegExp;
  handle(request: R, match: readonly string[]): Answer | Promise<Answer>;
}

/** PUT is POST, and `?list=true` is LIST. */
export function methodOf({ method, query }: Ask): string {
  if (method === "PUT") return "POST";
  return method === "GET" && query.get("list") === "true" ? "LIST" : method;
}

export const bodyOf = ({ body }: Ask): JsonObject => asObject(body === "" ? {} : parsed(body));

/** The answer of the first route that fits; undefined when none does. */
export function route<R extends NodeRequest>(routes: readonly Route<R>[], request: R): Answer | Promise<Answer> | undefined {
  for (const candidate of routes) {
    const match = candidate.method === request.method ? candidate.path.exec(request.path) : null;
    if (match !== null) return candidate.handle(request, match.slice(1));
  }
  return undefined;
}
