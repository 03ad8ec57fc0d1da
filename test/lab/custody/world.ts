import { mkdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { LabState } from "../api.ts";
import { vaultK8s, typed, type Ran, type RunOptions } from "../testing/product.ts";
import { Vault } from "../faults/vaults.ts";

export const cluster = "eks-prod";

/** A Vault with one pod, and a person with a home of their own; both are emptied between tests. */
export class World {
  readonly lab: LabState;
  readonly vault: Vault;
  readonly home: string;

  constructor(lab: LabState, namespace: string) {
    this.lab = lab;
    this.vault = new Vault(lab, namespace, 1, cluster);
    this.home = join(lab.work, `home-${namespace}`);
    this.#emptyHome();
  }

  async reset(): Promise<void> {
    this.#emptyHome();
    await this.vault.reset();
  }

  #emptyHome(): void {
    rmSync(this.home, { recursive: true, force: true });
    mkdirSync(this.home);
  }

  /** A file of the person's home. */
  path = (name: string): string => join(this.home, name);
  text = (name: string): string => readFileSync(this.path(name), "utf8");

  /** What stands in the default key file. */
  keys(): { unseal_keys_b64: string[]; root_token: string } {
    return JSON.parse(this.text(`vault-k8s/${cluster}/init.json`)) as { unseal_keys_b64: string[]; root_token: string };
  }

  /** The command on this Vault: two of three keys unseal it. */
  run(args: readonly string[], options: RunOptions = {}): Promise<Ran> {
    return vaultK8s(this.lab, [...args, ...this.flags()], this.#mine(options));
  }

  init = (...args: string[]): Promise<Ran> => this.run(["operator", "init", "--key-shares", "3", "--key-threshold", "2", ...args]);
  unseal = (...args: string[]): Promise<Ran> => this.run(["operator", "unseal", ...args]);

  /** A line in a shell; $FLAGS says which Vault. */
  typed = (line: string): Promise<Ran> => typed(this.lab, line.replaceAll("$FLAGS", this.flags().join(" ")), this.#mine({}));

  flags = (): string[] => ["--cluster", cluster, "--install-namespace", this.vault.namespace, "--timeout", "60s"];

  #mine({ env, ...options }: RunOptions): RunOptions {
    return { ...options, env: { HOME: this.home, XDG_DATA_HOME: this.home, GNUPGHOME: this.path("gnupg"), ...env } };
  }

  /** Seals it again, as a restart would. */
  async seal(token: string): Promise<void> {
    await this.vault.ask("vault-0", "POST", "sys/seal", { token });
  }
}

/** What a command said, in one line. */
export const words = ({ stderr }: Ran): string => stderr.replace(/\s+/g, " ");
