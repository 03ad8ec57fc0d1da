import pLimit from "p-limit";
import type { Run } from "./runner.ts";
import type { Beginning } from "./suites.ts";

export const labProgram = "test/lab/lab.ts";

/** A lab that is put into the beginning of a suite. It is named when it is first brought up. */
export interface Lab {
  readonly name: string;
  /** Ends what is there. Returns whether the lab came up. */
  begin(beginning: Beginning, run: Run): Promise<boolean>;
  down(run: Run): Promise<void>;
}

/** The lab in which the wired beginning is made, once a run, and saved; others begin as copies of it. It is never kept for another run. */
const wired = "wired";
const demo = "password=of-the-lab";

/** As a pipeline does it. The value is there before its ExternalSecret is, so that no operator waits to look again. */
const wire = [
  "vault-k8s bootstrap --cluster eks-prod",
  `echo ${demo} | vault-k8s secret put demo - --cluster eks-prod`,
  "vault-k8s bootstrap --cluster eks-prod --secret demo",
  "vault-k8s verify --cluster eks-prod --secret demo",
].join(" && ");

/** Labs are started one at a time: the first of a machine installs and builds what the others need. */
const comingUp = pLimit(1);
let saved: Promise<boolean> | undefined;

/** The lab of one lane. */
export function labOf(number: number): Lab {
  const name = `lane-${number}`;
  const env = { LAB_NAME: name };
  const empty = async (run: Run): Promise<boolean> => {
    await lab(run, ["down"], env);
    return comingUp(() => lab(run, ["up"], env));
  };
  const copied = async (run: Run): Promise<boolean> =>
    (await (saved ??= saveWired(run))) && (await lab(run, ["restore", wired, "--of", wired], env));
  return {
    name,
    begin: (beginning, run) => (beginning === "empty" ? empty(run) : copied(run)),
    down: async (run) => void (await lab(run, ["down"], env)),
  };
}

/** Removes what was saved for the suites, when all have ended. */
export async function forgetWired(run: Run): Promise<void> {
  if (saved !== undefined) await lab(run, ["down"], { LAB_NAME: wired });
}

async function saveWired(run: Run): Promise<boolean> {
  const env = { LAB_NAME: wired };
  try {
    return (
      (await comingUp(() => lab(run, ["up"], env))) &&
      (await lab(run, ["run", "sh", "-euc", wire], env)) &&
      (await lab(run, ["save", wired], env))
    );
  } finally {
    await lab(run, ["down", "--keep-saved"], env);
  }
}

const lab = async (run: Run, args: readonly string[], env: Readonly<Record<string, string>>): Promise<boolean> =>
  (await run(process.execPath, [labProgram, ...args], env)) === 0;
