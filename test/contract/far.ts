import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { kubeconfig } from "../fakes/kube/kubeconfig.ts";
import type { Recorded } from "../fakes/wire/exchange.ts";
import { Rounds } from "../fakes/wire/rounds.ts";
import { planted, type Scene } from "./scene.ts";
import { typed } from "./typed.ts";

/** What a command line took of the network, and what it started. */
export interface Taken {
  readonly exit: number;
  readonly stderr: string;
  readonly asked: readonly Recorded[];
  /** Round trips, one after the other, from the first byte to the last. */
  readonly rounds: number;
  readonly connections: number;
  /** Calls of helm. */
  readonly processes: readonly string[];
}

/** The clusters and the Vault of a scene, far away from who types. */
export class Far {
  readonly #scene: Scene;
  readonly #rounds: Rounds;
  readonly #kubeconfig: string;
  /** Where Vault is from far away. */
  readonly vaultUrl: string;

  private constructor(scene: Scene, rounds: Rounds, file: string, vaultUrl: string) {
    this.#scene = scene;
    this.#rounds = rounds;
    this.#kubeconfig = file;
    this.vaultUrl = vaultUrl;
  }

  static async from(scene: Scene): Promise<Far> {
    const { helm, line } = scene;
    // A helm that starts or ends has something to do; while it is at work it waits for answers as anybody does.
    const rounds = new Rounds(() => line.atWork > 0 || (helm.atWork === 0 && process.getActiveResourcesInfo().includes("ProcessWrap")));
    const ways = [scene.prod, scene.staging].map(async ({ name, url, authority }) => ({
      name,
      authority,
      url: await rounds.wayTo(url),
    }));
    const file = join(scene.folder, "far-kubeconfig");
    await writeFile(file, kubeconfig(await Promise.all(ways), planted.kubeconfigToken));
    return new Far(scene, rounds, file, await rounds.wayTo(scene.vault.url));
  }

  close(): Promise<void> {
    return this.#rounds.stop();
  }

  /** Types a command line, as a person does whose kubeconfig names these clusters. */
  async type(argv: readonly string[]): Promise<Taken> {
    const { folder, helm, line } = this.#scene;
    const [asked, called] = [line.journal.length, helm.calls.length];
    this.#rounds.begin();
    line.rounds = this.#rounds;
    const flags = ["--kubeconfig", this.#kubeconfig, "--helm", helm.program];
    const { exit, stderr } = await typed([...argv, ...flags], { env: this.#scene.systems().env ?? {}, cwd: folder });
    line.rounds = undefined;
    const processes = helm.calls.slice(called).map(([command = ""]) => `helm ${command}`);
    return { exit, stderr, asked: line.asked(asked), rounds: this.#rounds.round, connections: this.#rounds.connections, processes };
  }
}
