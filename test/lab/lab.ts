import { parseArgs } from "node:util";
import { down } from "./commands/down.ts";
import { restore, restoreOptions } from "./commands/restore.ts";
import { save } from "./commands/save.ts";
import { run, shell } from "./commands/shell.ts";
import { status } from "./commands/status.ts";
import { up } from "./commands/up.ts";
import { LabError } from "./errors.ts";

const usage = `Usage: npm run lab -- COMMAND

  up [--vault-chart PATH]   build what is missing and start both clusters
  status                    say what runs
  shell                     a shell on the network of eks-prod
  run COMMAND...            run a command there
  save NAME                 keep the state of both clusters, which go on
  restore NAME [--of LAB]   put a saved state back and start it; of another lab, by its LAB_NAME
  down [--keep-saved]       end and remove everything; saved states too, unless they are to be kept`;

await main(process.argv.slice(2)).catch((error: unknown) => {
  // What the person can mend is a sentence; anything else is a fault of the lab and shows where.
  console.error(error instanceof LabError ? error.message : error);
  process.exitCode = 1;
});

async function main([command, ...rest]: string[]): Promise<void> {
  switch (command) {
    case "up":
      return up({ vaultChart: vaultChart(rest) });
    case "down":
      return down({ keepSaved: rest.includes("--keep-saved") });
    case "status":
      return status();
    case "shell":
      return shell();
    case "save":
      return save(rest[0]);
    case "restore":
      return restore(restoreOptions(rest));
    case "run":
      return rest.length > 0 ? run(rest) : fail();
    default:
      return fail();
  }
}

function vaultChart(args: string[]): string | undefined {
  try {
    const { values } = parseArgs({ args, options: { "vault-chart": { type: "string" } } });
    return values["vault-chart"] ?? (process.env["VAULT_CHART"] || undefined);
  } catch (error) {
    throw new LabError(`${(error as Error).message}\n\n${usage}`);
  }
}

function fail(): void {
  console.error(usage);
  process.exitCode = 64;
}
