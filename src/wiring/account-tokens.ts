import type { LoginSpec } from "../config/spec/consumer.ts";
import { tokenAudiences } from "../consumers/token-audiences.ts";
import type { Readers } from "../systems/world.ts";

interface Account {
  readonly namespace: string;
  readonly name: string;
}

/** How long a token of an account lives that is for one login, in seconds: Kubernetes gives none for less. */
const lifeSeconds = 600;

/** Short-lived tokens of service accounts, each for one login of a kind; one may be asked for ahead. */
export class AccountTokens {
  readonly #login: LoginSpec;
  readonly #ahead = new WeakMap<Readers["kube"], Map<string, Promise<string>>>();

  constructor(login: LoginSpec) {
    this.#login = login;
  }

  /** Asks for a token of each account, which the next who wants one gets. @returns what forgets those that nobody took */
  ahead(read: Readers, accounts: readonly Account[]): () => void {
    const known = this.#ahead.get(read.kube) ?? new Map<string, Promise<string>>();
    this.#ahead.set(read.kube, known);
    for (const account of accounts) {
      const asked = this.#ask(read, account);
      asked.catch(() => undefined);
      known.set(keyOf(account), asked);
    }
    return () => known.clear();
  }

  /** A token that nobody has used. Throws as a TokenRequest does. */
  take(read: Readers, account: Account): Promise<string> {
    const known = this.#ahead.get(read.kube);
    const asked = known?.get(keyOf(account));
    known?.delete(keyOf(account));
    return asked ?? this.#ask(read, account);
  }

  async #ask(read: Readers, account: Account): Promise<string> {
    return read.kube.serviceAccountToken(account, await tokenAudiences(read, this.#login), lifeSeconds);
  }
}

const keyOf = ({ namespace, name }: Account): string => `${namespace}/${name}`;
