import { existsSync } from "node:fs";
import { join } from "node:path";
import { expect } from "vitest";
import type { Scene } from "../contract/scene.ts";
import { planted } from "../contract/scene.ts";
import { converse, type Talk, type Turn } from "./conversation.ts";
import { bin, home, inTerminal, vaultK8s, type Ran, type RunOptions } from "./product.ts";

const around = (scene: Scene, env: Readonly<Record<string, string>> = {}): Record<string, string> => ({
  XDG_CACHE_HOME: home,
  HOME: join(scene.folder, "home"),
  VAULT_K8S_HELM: scene.helm.program,
  ...env,
});

/** At a terminal the file of the scene is named, so that nobody is asked whether it is meant. */
const named = (cwd: string): Record<string, string> =>
  existsSync(join(cwd, "vault-k8s.yaml")) ? { VAULT_K8S_CONFIG: "vault-k8s.yaml" } : {};

function withKubeconfig(scene: Scene, args: readonly string[], where: "behind" | "in front" = "behind"): string[] {
  const kubeconfig = ["--kubeconfig", join(scene.folder, "kubeconfig")];
  return where === "behind" ? [...args, ...kubeconfig] : [...kubeconfig, ...args];
}

/** Runs the built command against the servers of a scene; nothing that it prints may hold a secret of the scene. */
export async function onFakes(
  scene: Scene,
  args: readonly string[],
  options: RunOptions = {},
  kubeconfig: "behind" | "in front" = "behind",
): Promise<Ran> {
  return withoutSecrets(
    scene,
    await vaultK8s(withKubeconfig(scene, args, kubeconfig), { cwd: scene.folder, ...options, env: around(scene, options.env) }),
  );
}

/** The same in a pseudo-terminal. */
export async function onFakesInTerminal(
  scene: Scene,
  args: readonly string[],
  options: Parameters<typeof inTerminal>[1] = {},
): Promise<Ran> {
  return withoutSecrets(
    scene,
    await inTerminal(withKubeconfig(scene, args), {
      cwd: scene.folder,
      ...options,
      env: around(scene, { ...named(options.cwd ?? scene.folder), ...options.env }),
    }),
  );
}

/** The same, where it is typed into; the terminal must be left as it was found. */
export async function talkOnFakes(
  scene: Scene,
  args: readonly string[],
  turns: readonly Turn[],
  { cwd = scene.folder, env }: Pick<RunOptions, "cwd" | "env"> = {},
): Promise<Talk> {
  const talk = await converse([process.execPath, bin, ...withKubeconfig(scene, args)], turns, {
    cwd,
    env: { PATH: process.env["PATH"] ?? "", LANG: "C.UTF-8", ...around(scene, { ...named(cwd), ...env }) },
    patience: 120_000,
  });
  saysNoSecret(scene, talk.raw);
  expect(talk.unrestored, talk.text).toEqual([]);
  return talk;
}

function withoutSecrets(scene: Scene, run: Ran): Ran {
  saysNoSecret(scene, run.stdout + run.stderr);
  return run;
}

function saysNoSecret(scene: Scene, text: string): void {
  const leaked = [...scene.secrets(), planted.password].find((secret) => secret.length > 8 && text.includes(secret));
  expect(leaked, "a secret was printed").toBeUndefined();
}

/** Without what differs from run to run: ports, identifiers, folders, and how long something was waited for. */
export function steady(scene: Scene, text: string): string {
  return text
    .replaceAll(scene.folder, "FOLDER")
    .replace(/https:\/\/127\.0\.0\.1:\d+/g, "https://API-SERVER")
    .replace(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g, "UID")
    .replace(/fingerprint [0-9a-f]{12}/g, "fingerprint F")
    .replace(/^ +… (?!.*(known later|not ready)).*\n/gm, "");
}
