import type { Plain } from "../../core/compare.ts";
import type { HttpAnswer } from "../http/http.ts";
import type { Patience } from "../http/patience.ts";
import type { VaultAnswer } from "../world.ts";
import { texts } from "../../core/values.ts";
import { unwrapped } from "./answers.ts";
import { asker, type Ask } from "./asker.ts";
import { missingOf, neededFor } from "./missing-capabilities.ts";
import { namespaceGuard } from "./namespace.ts";
import { encodedPath } from "./path.ts";
import { badToken, denied, isBadToken, isVaults, rejected, type VaultAct } from "./refusal.ts";
import { secretsIn } from "./secrets-in.ts";
import type { VaultRoute } from "./server.ts";

/** Gives the run's token; throws VK1205 when there is none. */
export interface TokenSource {
  (): Promise<string>;
  /** What may be tried where Vault does not know the token that was given; undefined where nothing else may. */
  readonly instead?: ((unknown: string) => Promise<string | undefined>) | undefined;
  /** Told that Vault knows what was tried instead: it is the run's token from now on. */
  readonly took?: ((token: string) => void) | undefined;
}

export interface SessionOptions {
  readonly route: VaultRoute;
  readonly token: TokenSource;
  readonly namespace: string | undefined;
  readonly patience: Partial<Patience>;
}

/** One request; without a token it is sent without. */
export interface Question {
  readonly method: "GET" | "POST" | "DELETE";
  readonly path: string;
  readonly token: string | undefined;
  readonly body?: Plain | undefined;
}

/** Sends requests with the headers of the run, and turns bad answers into errors. */
export class Session {
  readonly #options: SessionOptions;
  readonly #ask: Ask;
  readonly #guard: () => Promise<void>;
  #successor: string | undefined;

  constructor(options: SessionOptions) {
    this.#options = options;
    this.#ask = asker(options.route, options.patience);
    this.#guard = namespaceGuard(options.route, options.namespace);
  }

  /** The run's token. A Vault that is not there yet is said before a token that is missing: the steps that make it also make the token. */
  async token(): Promise<string> {
    await this.#options.route.server();
    return this.#successor ?? this.#options.token();
  }

  /** Where `from` is the run's token, `to` is from now on. */
  async handOver(from: string, to: string): Promise<void> {
    if ((await this.token()) === from) this.#successor = to;
  }

  /**
   * Any answer of Vault to a question with the run's token. Where Vault does not know that one, another that may take its place is tried once:
   * what was refused for its token has not been done.
   */
  async sendOwn(question: Omit<Question, "token">): Promise<{ readonly asked: Question; readonly answer: HttpAnswer }> {
    const asked = { ...question, token: await this.token() };
    const answer = await this.send(asked);
    const other = isBadToken(answer) ? await this.#options.token.instead?.(asked.token) : undefined;
    if (other === undefined) return { asked, answer };
    const again = { ...question, token: other };
    const second = await this.send(again);
    if (isBadToken(second)) return { asked, answer };
    if (this.#successor !== other) this.#options.token.took?.(other);
    this.#successor = other;
    return { asked: again, answer: second };
  }

  /** Any answer of Vault. Throws NotYet VK1202, VK1206, VK1207, VK1211, CliError VK1201, VK1213. */
  async send({ method, path, token, body }: Question): Promise<HttpAnswer> {
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

  /** What a good answer holds. Throws CliError VK1203, VK1204, VK1208 to VK1210 for another one. */
  async good(question: Question, answer: HttpAnswer): Promise<VaultAnswer> {
    if (answer.status >= 200 && answer.status < 300 && isVaults(answer)) return unwrapped(answer);
    const act = this.act(question);
    if (isBadToken(answer)) throw badToken(act);
    if (answer.status === 403 && isVaults(answer)) throw denied(act, answer, await this.#missing(question));
    throw rejected(act, answer);
  }

  /** The question in the words of an error. */
  act({ method, path, token, body }: Question): VaultAct {
    const secrets = [...(token === undefined ? [] : [token]), ...secretsIn(body)];
    return { method, path: withoutQuery(path), where: this.#options.route.describe(), secrets };
  }

  async #missing({ method, path, token }: Question): Promise<string[]> {
    const plain = withoutQuery(path);
    const has =
      plain === capabilitiesPath || token === undefined ? undefined : await this.#capabilities(plain, token).catch(() => undefined);
    return missingOf(neededFor({ method, path: plain, list: path.includes("?list=true") }), has);
  }

  async #capabilities(path: string, token: string): Promise<string[] | undefined> {
    const answer = await this.send({ method: "POST", path: capabilitiesPath, token, body: { paths: [path] } });
    const has = answer.status === 200 ? unwrapped(answer).data[path] : undefined;
    return Array.isArray(has) ? texts(has) : undefined;
  }
}

export const capabilitiesPath = "sys/capabilities-self";

const withoutQuery = (path: string): string => path.replace(/\?(list|version)=.*$/, "");
