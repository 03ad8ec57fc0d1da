import { fork, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";

const program = join(import.meta.dirname, "../../processes/custody-run.ts");

/** What came of one race: how many were let in, and whether the keys that Vault gave are kept. */
export interface Race {
  readonly let: number;
  readonly kept: boolean;
  readonly said: readonly string[];
}

class Run {
  readonly #child: ChildProcess;

  constructor(folder: string, command: string | undefined) {
    const args = command === undefined ? [folder] : [folder, command];
    this.#child = fork(program, args, { execArgv: ["--disable-warning=ExperimentalWarning"] });
  }

  async heard(name: string): Promise<string> {
    for (;;) {
      const [[heard, outcome]] = (await once(this.#child, "message")) as [[string, string]];
      if (heard === name) return outcome;
    }
  }

  does(name: string): Promise<string> {
    const outcome = this.heard(name);
    this.#child.send(name);
    return outcome;
  }

  async end(): Promise<void> {
    this.#child.kill();
    await once(this.#child, "exit");
  }
}

/** How far apart the two runs begin, and their ends, in milliseconds. */
export interface Apart {
  readonly prepares: number;
  readonly abandons: number;
}

/**
 * Two runs with one folder. Of those that are let in one gets the answer of Vault, and the other is told by Vault that it came too late.
 * @param command keeps the keys; in a file where it is left out
 */
export async function race({ prepares, abandons }: Apart, command?: string): Promise<Race> {
  const folder = await mkdtemp(join(tmpdir(), "race-"));
  const runs = [new Run(folder, command), new Run(folder, command)] as const;
  try {
    await Promise.all(runs.map((run) => run.heard("ready")));
    const prepared = await Promise.all([runs[0].does("prepare"), delay(prepares).then(() => runs[1].does("prepare"))]);
    const inside = runs.filter((_, index) => prepared[index] === "done");
    const [winner, loser] = inside;
    const kept = winner?.does("keep");
    const left = loser === undefined ? undefined : delay(abandons).then(() => loser.does("abandon"));
    const said = [...prepared, await kept, await left].filter((words) => words !== undefined);
    return { let: inside.length, kept: winner === undefined || (await hasKeys(folder)), said };
  } finally {
    await Promise.all(runs.map((run) => run.end()));
    await rm(folder, { recursive: true, force: true });
  }
}

/** Whether the keys stand in some file, whole. */
async function hasKeys(folder: string): Promise<boolean> {
  const texts = await Promise.all((await readdir(folder)).map((name) => readFile(join(folder, name), "utf8")));
  return texts.some((text) => {
    try {
      return (JSON.parse(text) as { unseal_keys_b64?: unknown[] }).unseal_keys_b64?.length === 5;
    } catch {
      return false;
    }
  });
}
