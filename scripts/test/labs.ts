import pLimit from "p-limit";
import type { Run } from "./runner.ts";
import type { Stage } from "./stages.ts";

export const labProgram = "test/lab/lab.ts";

/** A lab that was wired by bootstrap and saved: others begin as copies of it. It is made once a run, and never kept for another. */
const wired = { LAB_NAME: "wired" };
let isSaved = false;

/** Labs come up one at a time: the first of a machine installs and builds what the others need, and the first that is wired is saved. */
const comingUp = pLimit(1);

/** Brings up the labs of a stage; returns the one that did not come up. */
export async function bringUp({ labs, from }: Stage, run: Run): Promise<string | undefined> {
  for (const name of labs)
    if (!(await comingUp(() => (from === "wired" ? copied(name, run) : lab(run, ["up"], { LAB_NAME: name }))))) return name;
  return undefined;
}

/** Takes them down; no stage leaves one. */
export async function takeDown(labs: readonly string[], run: Run): Promise<void> {
  for (const name of labs) await lab(run, ["down"], { LAB_NAME: name });
}

/** Removes what was saved for the stages, when all have ended. */
export async function forgetWired(run: Run): Promise<void> {
  if (isSaved) await lab(run, ["down"], wired);
  isSaved = false;
}

async function copied(name: string, run: Run): Promise<boolean> {
  isSaved ||= await saved(run);
  return isSaved && (await lab(run, ["restore", "wired", "--of", wired.LAB_NAME], { LAB_NAME: name }));
}

async function saved(run: Run): Promise<boolean> {
  try {
    return (
      (await lab(run, ["up"], wired)) &&
      (await lab(run, ["run", "vault-k8s", "bootstrap", "--cluster", "eks-prod", "--secret", "demo"], wired)) &&
      (await lab(run, ["save", "wired"], wired))
    );
  } finally {
    await lab(run, ["down", "--keep-saved"], wired);
  }
}

const lab = async (run: Run, args: readonly string[], env: Readonly<Record<string, string>>): Promise<boolean> =>
  (await run(process.execPath, [labProgram, ...args], env)) === 0;
