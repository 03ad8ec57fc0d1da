import { cp, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Systems } from "../../src/run/run.ts";
import { openWorld, type World } from "../../src/run/world/open.ts";
import { resolveSettings } from "../../src/config/resolve.ts";
import { specOf, type Spec } from "../../src/config/spec.ts";
import { type Flags } from "../../src/config/sources.ts";
import { FakeHelm } from "../fakes/helm/helm.ts";
import { FakeKube } from "../fakes/kube/kube.ts";
import { kubeconfig } from "../fakes/kube/kubeconfig.ts";
import { profiles, type Profile } from "../fakes/vault/profile.ts";
import { FakeVault } from "../fakes/vault/vault.ts";
import { asObject, asText } from "../fakes/wire/json.ts";
import { Line } from "../fakes/wire/line.ts";
import { Names } from "../fakes/wire/names.ts";

/** The secret values that a test plants; nothing that the tool says may hold one of them. */
export const planted = {
  kubeconfigToken: "canary-kubeconfig-7f3a9c51e0d24b86",
  password: "canary-kv-password-5d1e8b7790ac4f32",
  username: "canary-kv-username-b4406fd1c2e94a17",
} as const;

/** Two clusters, a Vault that runs in the first one once it is installed there, and helm: all that a run can touch. */
export class Scene {
  readonly line = new Line();
  readonly network = new Names();
  readonly folder: string;
  readonly prod: FakeKube;
  readonly staging: FakeKube;
  readonly vault: FakeVault;
  readonly helm: FakeHelm;
  /** Every request as the tool told of it. */
  readonly told: string[] = [];
  /** What a person was told besides what the run reports. */
  readonly notices: string[] = [];
  /** How long the tool waits for what passes by itself, in milliseconds, where not as long as it is worth. */
  patienceMs?: number;
  #addresses = 100;

  private constructor(folder: string, profile: Profile, nodes: readonly string[]) {
    this.folder = folder;
    const kube = (name: string): FakeKube =>
      new FakeKube({
        name,
        line: this.line,
        network: this.network,
        people: { [planted.kubeconfigToken]: "operator" },
        nextAddress: () => `10.20.0.${++this.#addresses}`,
      });
    this.prod = kube("eks-prod");
    this.staging = kube("eks-staging");
    const { line, prod } = this;
    this.vault = new FakeVault({ line, names: prod.names, podCredentials: () => vaultPodCredentials(prod), profile, nodes });
    this.prod.vault = this.vault;
    this.helm = new FakeHelm(folder);
  }

  /**
   * @param profile Which server its Vault is.
   * @param pods How many pods its Vault can have.
   */
  static async open(profile = profiles["vault-1.21"], pods = 3): Promise<Scene> {
    const nodes = Array.from({ length: pods }, (_, index) => `vault-${index}`);
    const scene = new Scene(await mkdtemp(join(tmpdir(), "contract-")), profile, nodes);
    await Promise.all([scene.prod.start(), scene.staging.start(), scene.vault.start(), scene.helm.start(), mkdir(scene.#home)]);
    await writeFile(join(scene.folder, "kubeconfig"), kubeconfig([scene.prod, scene.staging], planted.kubeconfigToken));
    // Its Vault speaks plain http.
    await writeFile(join(scene.folder, "vault-k8s.yaml"), "vault:\n  insecureNoTls: true\n");
    return scene;
  }

  async close(): Promise<void> {
    await Promise.all([this.prod.stop(), this.staging.stop(), this.vault.stop(), this.helm.stop()]);
    await rm(this.folder, { recursive: true, force: true });
  }

  get #home(): string {
    return join(this.folder, "home");
  }

  /** What the command line of a person wants. */
  async spec(flags: Flags = {}): Promise<Spec> {
    const base: Flags = {
      cluster: "eks-prod",
      kubeconfig: join(this.folder, "kubeconfig"),
      helm: this.helm.program,
      timeout: "1s",
      secrets: ["db"],
    };
    return specOf((await resolveSettings({ flags: { ...base, ...flags }, env: {}, cwd: this.folder })).settings);
  }

  /** The world of a run, as the commands open it. `timeoutMs` is for one exchange. */
  world(spec: Spec, timeoutMs = 10_000): Promise<World> {
    return openWorld(spec, {
      ...this.systems(timeoutMs),
      onRequest: (method, target) => void this.told.push(`${method} ${target}`),
      notice: (words) => void this.notices.push(words),
    });
  }

  /** How a run reaches all that. `timeoutMs` is for one exchange. */
  systems(timeoutMs = 10_000): Systems {
    return {
      env: { PATH: process.env["PATH"], HOME: this.#home },
      home: this.#home,
      cwd: this.folder,
      timeoutMs,
      patienceMs: this.patienceMs,
    };
  }

  /** The state of everything, to be put back: both clusters, Vault, and the files of the user. */
  async save(): Promise<() => Promise<void>> {
    const saved = await mkdtemp(join(this.folder, "saved-"));
    await cp(this.#home, saved, { recursive: true });
    const parts = [this.prod.objects.save(), this.staging.objects.save(), this.vault.save()];
    return async () => {
      for (const putBack of parts) putBack();
      await rm(this.#home, { recursive: true, force: true });
      await cp(saved, this.#home, { recursive: true });
      this.line.mend();
    };
  }

  /** Puts a secret into Vault behind everybody's back. */
  put(path: string, data: Record<string, string>): void {
    this.vault.storage.mounts.get("kv/")!.secrets.set(path, [{ data, created: new Date().toISOString() }]);
  }

  /** All that must not stand in anything that the tool says. */
  secrets(): string[] {
    const storages = new Set(this.vault.nodes.flatMap(({ storage }) => storage ?? []));
    const vault = [...storages].flatMap(({ shares, issued }) => [
      ...shares,
      ...shares.map((share) => Buffer.from(share, "hex").toString("base64")),
      ...issued,
    ]);
    return [...Object.values(planted), ...vault, ...this.prod.tokens.issued, ...this.staging.tokens.issued, ...privateKeys(this.prod)];
  }
}

function vaultPodCredentials(kube: FakeKube): { ca: string; token: string } | undefined {
  const account = kube.objects.get("serviceaccounts", "vault", "vault");
  return account === undefined ? undefined : { ca: kube.authority.ca, token: kube.tokens.bound(account, [], 3607) };
}

/** A line of each private key that stands in a Secret. */
function privateKeys({ objects }: FakeKube): string[] {
  const values = objects.list("secrets").flatMap(({ data }) => Object.values(asObject(data)));
  return values
    .map((value) => Buffer.from(asText(value), "base64").toString())
    .filter((text) => text.startsWith("-----BEGIN PRIVATE KEY-----"))
    .map((pem) => pem.split("\n")[1]!);
}
