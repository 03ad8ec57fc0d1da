/**
 * Names and addresses of the inside of a cluster, and where they really are on this machine. What Vault and the operator dial goes
 * through here, as it goes through cluster DNS and Services in a real cluster. A cluster's names lie within those of the network
 * that joins the clusters.
 */
export class Names {
  readonly #network: Names | undefined;
  readonly #hosts = new Map<string, () => string>();

  constructor(network?: Names) {
    this.#network = network;
  }

  /** `host` (no port) is served at the base URL that `where` gives when it is asked. */
  set(host: string, where: () => string): void {
    this.#hosts.set(host, where);
  }

  /** Adds an address that every cluster of the network reaches. */
  publish(host: string, where: () => string): void {
    (this.#network ?? this).set(host, where);
  }

  /** Where to dial for `url`: host and port on this machine. The name stays what it is for TLS. */
  dial(url: string): { readonly host: string; readonly port: number } {
    const asked = new URL(url);
    const real = new URL(this.#find(asked.hostname) ?? url);
    return { host: real.hostname, port: Number(real.port === "" ? (real.protocol === "https:" ? 443 : 80) : real.port) };
  }

  #find(host: string): string | undefined {
    const where = this.#hosts.get(host);
    if (where !== undefined) return where();
    return this.#network === undefined ? undefined : this.#network.#find(host);
  }
}
