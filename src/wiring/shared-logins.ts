/** Logins of which those who want one at the same time get the same; the last who has it gives it back. */
export class SharedLogins<R, T> {
  readonly #logIn: (read: R) => Promise<T>;
  #current: { readonly login: Promise<T>; users: number } | undefined;

  constructor(logIn: (read: R) => Promise<T>) {
    this.#logIn = logIn;
  }

  /** @param giveBack called once for each login, when nobody uses it any more */
  async during<A>(read: R, use: (login: T) => Promise<A>, giveBack: (login: T) => Promise<void>): Promise<A> {
    const mine = (this.#current ??= { login: this.#logIn(read), users: 0 });
    mine.users += 1;
    let login: T | undefined;
    try {
      login = await mine.login;
      return await use(login);
    } finally {
      mine.users -= 1;
      if (mine.users === 0 && this.#current === mine) this.#current = undefined;
      if (mine.users === 0 && login !== undefined) await giveBack(login);
    }
  }
}
