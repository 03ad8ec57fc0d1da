/** A service account. */
export interface Account {
  readonly namespace: string;
  readonly name: string;
}

/** How a login is made. */
export interface LoginPlan {
  readonly mount: string;
  readonly role: string;
  readonly audiences: readonly string[];
  readonly account: Account | undefined;
  /** A Secret that holds the token, instead of an account that one is asked for. */
  readonly tokenSecret: (Account & { readonly key: string }) | undefined;
}
