/** Where the secrets of the cluster are, and who is to read them. */
export interface KvPlace {
  readonly mount: string;
  /** Below the mount, with a slash at its end; empty for the whole mount. */
  readonly prefix: string;
  readonly authMount: string;
  /** The cluster's own. */
  readonly policy: string;
  /** That of what took over from the root token. */
  readonly adminPolicy: string;
}
