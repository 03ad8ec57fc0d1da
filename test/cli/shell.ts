import { spawn, type ChildProcess } from "node:child_process";
import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Scene } from "../contract/scene.ts";
import { bin } from "./product.ts";

export interface Line {
  readonly exit: number;
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * One shell of a person, in which lines are typed one after the other: what one exports stays for the next. It knows `vault-k8s`, the fake helm, and
 * stand-ins of kubectl and vault, which go well and note what they were given.
 */
export class Shell {
  readonly #bash: ChildProcess;
  readonly #scene: Scene;
  #typed = 0;

  constructor(scene: Scene) {
    this.#scene = scene;
    const programs = join(scene.folder, "programs");
    mkdirSync(programs, { recursive: true });
    symlinkSync(bin, join(programs, "vault-k8s"));
    symlinkSync(process.execPath, join(programs, "node"));
    for (const name of ["kubectl", "vault"])
      writeFileSync(join(programs, name), `#!/bin/sh\necho "${name} $*" >> ${join(scene.folder, "noted")}\n`, { mode: 0o755 });
    const env = {
      PATH: `${programs}:/usr/bin:/bin`,
      HOME: join(scene.folder, "home"),
      LANG: "C.UTF-8",
      VAULT_K8S_HELM: scene.helm.program,
    };
    this.#bash = spawn("bash", ["--norc"], { cwd: scene.folder, env, stdio: ["pipe", "pipe", "inherit"] });
  }

  /** Types a line and waits for its end. */
  async type(line: string): Promise<Line> {
    const files = join(this.#scene.folder, `typed-${++this.#typed}`);
    const mark = `ended ${this.#typed} `;
    const { stdin, stdout } = this.#bash;
    const ended = new Promise<number>((resolve, reject) => {
      let heard = "";
      const listen = (text: Buffer): void => {
        heard += text.toString();
        const [, code] = new RegExp(`${mark}(\\d+)`).exec(heard) ?? [];
        if (code === undefined) return;
        stdout!.off("data", listen);
        resolve(Number(code));
      };
      stdout!.on("data", listen);
      this.#bash.once("exit", () => reject(new Error(`the shell ended: ${line}`)));
    });
    stdin!.write(`{ ${line}\n} > ${files}.out 2> ${files}.err < /dev/null\necho ${mark}$?\n`);
    const exit = await ended;
    return { exit, stdout: await readFile(`${files}.out`, "utf8"), stderr: await readFile(`${files}.err`, "utf8") };
  }

  close(): void {
    this.#bash.removeAllListeners("exit");
    this.#bash.kill();
  }
}
