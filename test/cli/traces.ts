import { chmod, mkdir, readFile, readdir, stat, writeFile } from "node:fs/promises";
import { join, relative } from "node:path";
import { parse, stringify } from "yaml";
import { Search } from "../contract/canaries.ts";
import { planted, Scene } from "../contract/scene.ts";
import { Authority } from "../fakes/tls/certificates.ts";

/** Files of the user that hold secrets of the user, and where they are promised to be. */
const givenAndPromised = [
  "kubeconfig",
  "kubeconfig-exec",
  "credential",
  "home/.local/share/vault-k8s/eks-prod/init.json",
  "home/.local/share/vault-k8s/eks-prod/init.json.token",
];

const key = new Authority("people").issue(["operator"]);

/** All that runs of the built command leave: words, files, children. It is searched for the secrets of a scene. */
export class Traces {
  readonly search = new Search();
  readonly scene: Scene;
  /** A token that a run is given and may use, but not repeat. */
  readonly vaultToken = "hvs.canary-of-the-environment-3c7d19f0a4e852b6";
  /** Arguments of node: each path that is opened for writing is written down. */
  readonly node = ["--require", join(import.meta.dirname, "record-writes.cjs")];

  private constructor(scene: Scene) {
    this.scene = scene;
  }

  static async open(): Promise<Traces> {
    const traces = new Traces(await Scene.open());
    traces.scene.helm.timeoutMs = 30_000;
    for (const name of ["tmp", "cache"]) await mkdir(traces.at(name));
    await writeFile(traces.at("written"), "");
    await traces.#credentialsFromPlugin();
    return traces;
  }

  async close(): Promise<void> {
    await this.scene.close();
    console.log(this.search.summary());
  }

  at(...names: readonly string[]): string {
    return join(this.scene.folder, ...names);
  }

  /** The environment of every run. */
  get env(): Record<string, string> {
    return {
      HOME: this.at("home"),
      TMPDIR: this.at("tmp"),
      XDG_CACHE_HOME: this.at("cache"),
      WRITTEN_PATHS: this.at("written"),
      VAULT_K8S_HELM: this.scene.helm.program,
    };
  }

  /** A kubeconfig with a plugin that gives the token and a client key, and writes down how it was called. helm's stand-in knows no plugins. */
  async #credentialsFromPlugin(): Promise<void> {
    const plugin = this.at("plugin");
    const credential = JSON.stringify({
      apiVersion: "client.authentication.k8s.io/v1",
      kind: "ExecCredential",
      status: { token: planted.kubeconfigToken, clientCertificateData: key.cert, clientKeyData: key.key },
    });
    await writeFile(this.at("credential"), credential, { mode: 0o600 });
    await writeFile(
      plugin,
      `#!/bin/sh\n{ tr '\\0' ' ' < /proc/$$/cmdline; cat /proc/$$/environ | tr '\\0' '\\n'; } >> ${this.at("plugin-calls")}\ncat ${this.at("credential")}\n`,
    );
    await chmod(plugin, 0o755);
    const config = parse(await readFile(this.at("kubeconfig"), "utf8")) as { users: { name: string; user: object }[] };
    config.users = [
      { name: "operator", user: { exec: { apiVersion: "client.authentication.k8s.io/v1", command: plugin, interactiveMode: "Never" } } },
    ];
    await writeFile(this.at("kubeconfig-exec"), stringify(config), { mode: 0o600 });
  }

  /** Looks through what a run said. `more`: what it was given besides the secrets of the scene. */
  said(run: string, words: Readonly<Record<string, string>>, more: readonly string[] = []): void {
    this.search.lookFor([...this.scene.secrets(), this.vaultToken, key.key.split("\n")[1]!, ...more]);
    for (const [where, text] of Object.entries(words)) this.search.through(`${run}, ${where}`, text);
  }

  /** Looks through arguments and environments of helm and of the plugin; returns how often each was called. */
  async children(): Promise<{ readonly helm: number; readonly plugin: number }> {
    const calls = await readFile(this.at("plugin-calls"), "utf8");
    this.search.through("arguments and environment of the exec plugin", calls);
    const { helm } = this.scene;
    for (const [index, call] of helm.calls.entries()) this.search.through(`arguments of helm ${index}`, call.join("\n"));
    for (const [index, env] of helm.environments.entries()) this.search.through(`environment of helm ${index}`, env);
    return { helm: helm.calls.length, plugin: calls.match(/^KUBERNETES_EXEC_INFO=/gm)?.length ?? 0 };
  }

  /** Looks through every file but those that may hold secrets: the user's own, the key file and the kept token. */
  async files(): Promise<void> {
    for (const entry of await readdir(this.scene.folder, { recursive: true, withFileTypes: true })) {
      const name = relative(this.scene.folder, join(entry.parentPath, entry.name));
      if (entry.isFile() && !givenAndPromised.includes(name)) this.search.through(`file ${name}`, await readFile(this.at(name)));
    }
  }

  /** The paths that were opened for writing, but for the cache and those in one of `folders`. */
  async writtenOutside(...folders: readonly string[]): Promise<string[]> {
    const written = new Set((await readFile(this.at("written"), "utf8")).trim().split("\n"));
    const nowhere = ["/dev/null", "/proc/self/coredump_filter"];
    const within = [this.at("cache/vault-k8s"), ...folders.map((folder) => `${folder}/`)];
    return [...written].filter((path) => !nowhere.includes(path) && !/^\d+$/.test(path) && !within.some((one) => path.startsWith(one)));
  }
}

/** The modes of a folder and what is in it. */
export async function modes(folder: string): Promise<Record<string, number>> {
  const names = ["", ...(await readdir(folder))];
  return Object.fromEntries(await Promise.all(names.map(async (name) => [name, (await stat(join(folder, name))).mode & 0o777] as const)));
}
