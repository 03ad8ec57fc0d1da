import type { Plain } from "../../core/compare.ts";
import { failure, kinds } from "../../errors.ts";
import type { HttpAnswer } from "../http.ts";
import type { Patience } from "../patience.ts";
import { UnderWay } from "../under-way.ts";
import type { VaultAnswer, VaultLogin, VaultWriter } from "../world.ts";
import { asker, type Ask } from "./asker.ts";
import { missingOf, neededFor } from "./missing-capabilities.ts";
import { namespaceGuard } from "./namespace.ts";
import { encodedPath } from "./path.ts";
import { badToken, denied, isBadToken, isVaults, rejected, wordsOf, type VaultAct } from "./refusal.ts";
import type { VaultRoute } from "./server.ts";
import { secretsIn } from "./secrets-in.ts";
import type { TokenSource } from "./token.ts";

export interface VaultClientOptions {
  readonly route: VaultRoute;
  readonly token: TokenSource;
  readonly namespace: string | undefined;
  readonly patience: Partial<Patience>;
}

interface Question {
  readonly method: "GET" | "POST" | "DELETE";
  readonly path: string;
  readonly token: string | undefined;
  readonly body?: Plain | undefined;
}

/** Vault as one service. Documented at https://developer.hashicorp.com/vault/api-docs. */
export function vaultClient(options: VaultClientOptions): VaultWriter {
  const session = new Session(options);
  return {
    describe: () => options.route.describe(),
    get: (path) => session.get(path),
    post: (path, body) => session.write("POST", path, body),
    remove: async (path) => void (await session.write("DELETE", path)),
    capabilities: (paths) => session.capabilities(paths),
    login: (mount, role, jwt) => session.login(mount, role, jwt),
    getAs: (token, path) => session.getAs(token, path),
    revoke: (token) => session.revoke(token),
  };
}

class Session {
  readonly #options: VaultClientOptions;
  readonly #ask: Ask;
  readonly #guard: () => Promise<void>;
  readonly #underWay = new UnderWay();

  constructor(options: VaultClientOptions) {
    this.#options = options;
    this.#ask = asker(options.route, options.patience);
    this.#guard = namespaceGuard(options.route, options.namespace);
  }

  get(path: string): Promise<VaultAnswer | undefined> {
    return this.#underWay.ask(path, () => this.#read(path));
  }

  async #read(path: string): Promise<VaultAnswer | undefined> {
    const question = { method: "GET", path, token: await this.#token() } as const;
    const answer = await this.#send(question);
    return isAbsent(answer) ? undefined : this.#good(question, answer);
  }

  async write(method: "POST" | "DELETE", path: string, body?: Plain): Promise<VaultAnswer> {
    const question = { method, path, body, token: await this.#token() };
    const answer = await this.#send(question).finally(() => this.#underWay.forget());
    return method === "DELETE" && isAbsent(answer) ? nothing : this.#good(question, answer);
  }

  async capabilities(paths: readonly string[]): Promise<Record<string, string[]>> {
    const question = { method: "POST", path: "sys/capabilities-self", body: { paths: [...paths] }, token: await this.#token() } as const;
    const { data } = await this.#good(question, await this.#send(question));
    return Object.fromEntries(paths.map((path) => [path, Array.isArray(data[path]) ? data[path].map(String) : []]));
  }

  async login(mount: string, role: string, jwt: string): Promise<VaultLogin> {
    const question = { method: "POST", path: `auth/${mount}/login`, body: { role, jwt }, token: undefined } as const;
    const answer = await this.#send(question);
    if (answer.status >= 400 && isVaults(answer)) throw loginRefused(mount, role, answer, jwt);
    await this.#good(question, answer);
    const { auth } = answer.json as { auth?: { client_token?: string; policies?: string[] } | null };
    if (typeof auth?.client_token !== "string") throw rejected(this.#act(question), answer);
    return { token: auth.client_token, policies: auth.policies ?? [] };
  }

  async getAs(token: string, path: string): ReturnType<VaultWriter["getAs"]> {
    const question = { method: "GET", path, token } as const;
    const answer = await this.#send(question);
    if (answer.status === 403 && isVaults(answer)) return { kind: "denied", reason: wordsOf(answer, [token]) };
    return isAbsent(answer) ? { kind: "absent" } : { kind: "found", answer: await this.#good(question, answer) };
  }

  async revoke(token: string): Promise<void> {
    const question = { method: "POST", path: "auth/token/revoke-self", token } as const;
    const answer = await this.#send(question);
    // A token that Vault does not know is as good as revoked.
    if (!isBadToken(answer)) await this.#good(question, answer);
  }

  /** A Vault that is not there yet is said before a token that is missing: the steps that make it also make the token. */
  async #token(): Promise<string> {
    await this.#options.route.server();
    return this.#options.token();
  }

  async #send({ method, path, token, body }: Question): Promise<HttpAnswer> {
    await this.#guard();
    const { namespace } = this.#options;
    const headers = {
      "X-Vault-Request": "true",
      ...(token === undefined ? {} : { "X-Vault-Token": token }),
      ...(namespace === undefined ? {} : { "X-Vault-Namespace": namespace }),
      ...(body === undefined ? {} : { "Content-Type": "application/json" }),
    };
    return this.#ask({ method, path: encodedPath(path), headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) });
  }

  async #good(question: Question, answer: HttpAnswer): Promise<VaultAnswer> {
    if (answer.status >= 200 && answer.status < 300 && isVaults(answer)) return unwrapped(answer);
    const act = this.#act(question);
    if (isBadToken(answer)) throw badToken(act);
    if (answer.status === 403 && isVaults(answer)) throw denied(act, answer, await this.#missing(question));
    throw rejected(act, answer);
  }

  async #missing({ method, path, token }: Question): Promise<string[]> {
    const plain = withoutQuery(path);
    const has = plain === "sys/capabilities-self" || token === undefined ? undefined : await this.capabilities([plain]).catch(() => undefined);
    return missingOf(neededFor({ method, path: plain, list: path.includes("?list=true") }), has?.[plain]);
  }

  #act({ method, path, token, body }: Question): VaultAct {
    return { method, path: withoutQuery(path), where: this.#options.route.describe(), secrets: [...(token === undefined ? [] : [token]), ...secretsIn(body)] };
  }
}

const withoutQuery = (path: string): string => path.replace(/\?(list|version)=.*$/, "");

const nothing: VaultAnswer = { data: {}, warnings: [] };

/** 404, and what sys/mounts/<path> and sys/auth/<path> answer for a mount that is not there. */
const isAbsent = (answer: HttpAnswer): boolean =>
  isVaults(answer) && (answer.status === 404 || (answer.status === 400 && /^No (auth|secret) engine( mount)? at /.test(wordsOf(answer))));

/** Takes Vault's envelope off; a few paths of sys/ have none. */
function unwrapped(answer: HttpAnswer): VaultAnswer {
  const body = (answer.json ?? {}) as Record<string, unknown>;
  const enveloped = "request_id" in body && "data" in body;
  const data = enveloped ? ((body["data"] ?? {}) as Record<string, unknown>) : body;
  return { data, warnings: Array.isArray(body["warnings"]) ? body["warnings"].map(String) : [] };
}

function loginRefused(mount: string, role: string, answer: HttpAnswer, jwt: string): Error {
  const kind = answer.status === 403 ? kinds.vaultDenied : answer.status >= 500 ? kinds.vaultFailed : kinds.vaultRejected;
  return failure(kind, { what: `Vault refused the login of role ${role} at auth/${mount}`, why: wordsOf(answer, [jwt]) || `It answered ${answer.status}.` });
}
