import { readFile, readdir } from "node:fs/promises";
import { join } from "node:path";
import type { Flags } from "../../src/config/sources.ts";
import type { StepId } from "../../src/config/step-id.ts";
import type { RootAttempt } from "../fakes/vault/node.ts";
import type { Profile } from "../fakes/vault/profile.ts";
import type { Token } from "../fakes/vault/storage.ts";
import { ended, run, type Ran } from "./run.ts";
import { Scene } from "./scene.ts";

/** A Vault that was just unsealed, with its root token in custody; nothing is wired. */
export class Unsealed {
  readonly scene: Scene;
  /** Puts it back into that state. */
  readonly again: () => Promise<void>;

  private constructor(scene: Scene, again: () => Promise<void>) {
    this.scene = scene;
    this.again = again;
  }

  static async open(profile: Profile): Promise<Unsealed> {
    const scene = await Scene.open(profile);
    ended(await run(scene, { spec: await scene.spec(), ids: ["install", "operator-init", "operator-unseal"] }));
    await scene.prod.settled();
    return new Unsealed(scene, await scene.save());
  }

  async run(ids: readonly StepId[], flags: Flags = {}, plan = false): Promise<Ran> {
    return run(this.scene, { spec: await this.scene.spec(flags), ids, plan });
  }

  /** A file beside the keys, as JSON; undefined where it is not there. */
  async kept(name: string): Promise<unknown> {
    const text = await readFile(join(this.#folder, name), "utf8").catch(() => undefined);
    return text === undefined ? undefined : JSON.parse(text);
  }

  files(): Promise<string[]> {
    return readdir(this.#folder);
  }

  get #folder(): string {
    return join(this.scene.folder, "home/.local/share/vault-k8s/eks-prod");
  }

  /** The token that takes over from the root token, as Vault knows it. */
  async successor(): Promise<Token | undefined> {
    const { token } = ((await this.kept("init.json.token")) ?? {}) as { token?: string };
    return token === undefined ? undefined : this.scene.vault.storage.tokens.get(token);
  }

  /** Root tokens that Vault knows. */
  roots(): Token[] {
    return [...this.scene.vault.storage.tokens.values()].filter(({ policies }) => policies.includes("root"));
  }

  /** The root generation that is under way. */
  get attempt(): RootAttempt | undefined {
    return this.scene.vault.nodes.find(({ rootAttempt }) => rootAttempt !== undefined)?.rootAttempt;
  }

  /** Somebody else begins a root generation. */
  strangers(): RootAttempt {
    const attempt = { nonce: "5c1c1a52-0000-4000-8000-00000000beef", otp: "x".repeat(28), shares: ["ab"] };
    this.scene.vault.nodes[0]!.rootAttempt = attempt;
    return attempt;
  }
}
