import path from "node:path";
import type { Flags } from "../../../config/sources.ts";
import { exitCodes, type ExitCode } from "../../../core/errors.ts";
import { word } from "../../../core/shell.ts";
import type { Call } from "../command.ts";
import type { Answers } from "./answers.ts";
import type { ConfigFile } from "../config-file/existing.ts";
import type { Walk } from "./question.ts";
import { isTakenOver } from "./wired.ts";
import type { Wizard } from "./wizard.ts";
import { calledAs } from "../../called-as.ts";

/** Says what to type next, where bootstrap is not run now. */
export function finished({ terminal, call, config }: Wizard, walk: Walk, line: string): ExitCode {
  const { answers } = walk;
  terminal.err("\nType next:\n");
  if (isTakenOver(walk)) terminal.out(`${fromFile("adopt", call, config, answers)}\n`);
  terminal.out(`${fromFile("bootstrap", call, config, answers)}\n`);
  terminal.err("or, without the file:\n");
  terminal.out(`${line}\n`);
  return exitCodes.done;
}

/** The line of a command with the file that was written. */
function fromFile(
  command: "adopt" | "bootstrap",
  { flags, host }: Call,
  { file, shown, hasClusters }: ConfigFile,
  answers: Answers,
): string {
  const words = [
    ...(path.resolve(host.cwd, "vault-k8s.yaml") === file ? [] : [`-f ${word(shown)}`]),
    ...(hasClusters ? [`--cluster ${word(String(answers.cluster))}`] : []),
    ...(answers.install === true ? ["--install"] : []),
    ...(typeof flags.kubeconfig === "string" ? [`--kubeconfig ${word(flags.kubeconfig)}`] : []),
  ];
  return [`${calledAs()} ${command}`, ...words].join(" ");
}

/** Runs bootstrap with the file that was written. */
export async function bootstrapped({ call, config }: Wizard, { answers }: Walk): Promise<number> {
  const bootstrap = call.commands.find(({ name }) => name === "bootstrap")!;
  const flags: Flags = {
    ...call.flags,
    config: config.file,
    yes: true,
    ...(config.hasClusters && { cluster: String(answers.cluster) }),
    ...(answers.install === true && { install: true }),
  };
  return await (await bootstrap.load()).run({ ...call, command: bootstrap, flags, args: [], options: {} });
}
