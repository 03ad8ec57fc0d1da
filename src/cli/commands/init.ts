import path from "node:path";
import { loadConfigFile } from "../../config/file.ts";
import { steeredBy } from "../../config/steering.ts";
import type { FieldName } from "../../config/fields.ts";
import { homeOrNowhere } from "../../core/home.ts";
import { failure, kinds } from "../../errors.ts";
import { prompts, type Prompts } from "../render/prompts.ts";
import { askTrust } from "../trusted-files.ts";
import { oneLine } from "../../systems/printable.ts";
import { back, questionsAt } from "../render/questions.ts";
import { openTerminal } from "../render/terminal.ts";
import { wrap } from "../render/wrap.ts";
import type { Run } from "./command.ts";
import { asked, type Answers } from "./init/answers.ts";
import { bootstrapLine } from "./init/command-words.ts";
import { configFile } from "./config-file/existing.ts";
import { bootstrapped, finished } from "./init/ending.ts";
import { configText } from "./init/file.ts";
import { foundLines, lookAt, type Found } from "./init/look.ts";
import { plan } from "./init/plan.ts";
import type { Walk } from "./init/question.ts";
import { questions } from "./init/questions.ts";
import { wiredIn } from "./init/wired.ts";
import { installs } from "./init/questions/install.ts";
import { askAll } from "./init/walk.ts";
import type { Wizard } from "./init/wizard.ts";
import { asMeant, writeConfig } from "./config-file/write.ts";

/** The wizard: looks, asks, shows the plan, writes vault-k8s.yaml, and offers to run bootstrap. Until it writes the file it leaves nothing behind. */
export const run: Run = async (call) => {
  const { host, flags } = call;
  const color = (typeof flags.color === "string" ? flags.color : "auto") as "auto";
  const opened = openTerminal(host.streams, host.env, color);
  const terminal = flags.noInput === true ? { ...opened, interactive: false } : opened;
  const ask = questionsAt(terminal, host.streams.stdin, host.signal);
  const wizard: Wizard = { call, terminal, ask, config: configFile(call) };
  greet(wizard);
  await firstMeant(wizard, prompts(terminal, flags.noInput === true, host.signal));
  return await reviewed(wizard, await walked(wizard, await begin(wizard)));
};

function greet({ terminal, config: { text, shown } }: Wizard): void {
  const about =
    text === undefined
      ? `The answers become ${shown}, which is written at the end.`
      : `${shown} is here already: what it says is proposed, and what is not asked for stays in it.`;
  terminal.err(
    `${wrap(`A set-up in a few questions. Enter takes what is proposed, Esc goes back, Ctrl-C leaves without a trace. ${about}`, "", terminal.columns)}\n`,
  );
}

/** What is run with the file as it lies there is meant, or somebody says so first. @throws CliError VK1011, VK1002, VK1007 */
async function firstMeant({ call: { flags, host }, terminal }: Wizard, asking: Prompts): Promise<void> {
  const named = typeof flags.config === "string" ? flags.config : host.env["VAULT_K8S_CONFIG"] || undefined;
  const file = await loadConfigFile(named, host.cwd, host.env);
  const seen = file === undefined ? {} : { file: { ...file, steered: steeredBy(file) } };
  await askTrust(seen, { terminal, prompts: asking, env: host.env });
}

/** What is known before the first question: the contexts, and what flags and the file say. */
async function begin({ call, config: { top } }: Wizard): Promise<Walk> {
  const { flags, host } = call;
  const { readKubeconfig } = await import("../../systems/kube/kubeconfig.ts");
  const named = typeof flags.kubeconfig === "string" ? path.resolve(host.cwd, flags.kubeconfig) : undefined;
  const kubeconfig = await readKubeconfig(named, host.env, homeOrNowhere(host.env));
  if (kubeconfig.contexts.size === 0)
    throw failure(kinds.kubeconfig, {
      what: `${kubeconfig.from} has no contexts`,
      fix: "Your cluster's provider tells how to get one; name another file with --kubeconfig.",
    });
  const contexts = [...kubeconfig.contexts].map(([name, context]) => ({ name, cluster: context.cluster }));
  return {
    answers: { ...asked(top), ...asked(flags as Answers) },
    contexts,
    current: kubeconfig.currentContext,
    env: host.env,
    found: undefined,
  };
}

const walked = (wizard: Wizard, from: Walk): Promise<Walk> =>
  askAll(questions, from, wizard.ask, async (id, walk) => {
    if (id === "context") return { ...walk, found: await look(wizard, String(walk.answers.context)), wired: undefined };
    if (id === "cluster") return ofCluster(wizard, walk);
    return isLastOfVault(id, walk) ? { ...walk, wired: installs(walk) ? undefined : await wiredIn(wizard, walk) } : walk;
  });

/** Whether it is known now which Vault it is, and how it is reached. */
function isLastOfVault(id: string, { answers }: Walk): boolean {
  if (answers.vaultContext !== undefined) return id === "vault-context";
  if (answers.vaultAddr === undefined) return id === "where";
  return id === (/^https:/i.test(String(answers.vaultAddr)) ? "ca" : "address");
}

async function look({ call, terminal }: Wizard, context: string): Promise<Found> {
  const [{ openKube }, { Looks }, { keptIn }, { keptKube }] = await Promise.all([
    import("../../systems/kube/open-kube.ts"),
    import("../../systems/asked-once/answers.ts"),
    import("../../systems/asked-once/kept.ts"),
    import("../../systems/asked-once/kube.ts"),
  ]);
  const { kubeconfig } = call.flags;
  const { client, wire } = await openKube(
    { context, ...(typeof kubeconfig === "string" && { kubeconfig: path.resolve(call.host.cwd, kubeconfig) }) },
    { env: call.host.env, signal: call.host.signal },
  );
  terminal.err(`\n  Looking at ${oneLine(client.server)} ${terminal.symbols.waiting}\n`);
  try {
    const looks = new Looks();
    const answers = looks.answers();
    const { once } = keptKube(client, keptIn(answers, [answers]));
    const found = await looks.during(() => lookAt(once));
    for (const line of foundLines(found))
      terminal.err(`${wrap(`${terminal.chalk.green(terminal.symbols.done)} ${oneLine(line)}`, "  ", terminal.columns)}\n`);
    return found;
  } finally {
    await wire.close();
  }
}

/** What the file says of this cluster alone counts where nobody has answered otherwise. */
function ofCluster({ config }: Wizard, walk: Walk): Walk {
  const untouched = Object.entries(asked(config.cluster(String(walk.answers.cluster)))).filter(([name]) => {
    const answer = walk.answers[name as FieldName];
    return answer === undefined || JSON.stringify(answer) === JSON.stringify(config.top[name]);
  });
  return { ...walk, answers: { ...walk.answers, ...Object.fromEntries(untouched) } };
}

/** Shows the plan, and asks what is to be done, until something is. */
async function reviewed(wizard: Wizard, walk: Walk): Promise<number> {
  const { terminal, ask, config } = wizard;
  const { shown } = config;
  const line = bootstrapLine(walk.answers, typeof wizard.call.flags.kubeconfig === "string" ? wizard.call.flags.kubeconfig : undefined);
  const planned = await plan(wizard, walk);
  terminal.err(`\n${terminal.chalk.bold("The same without a file:")}\n${line}\n`);
  const given = await ask.select({
    message: "What now?",
    explain: `Until you choose to write it, ${shown} stays as it is.`,
    choices: [
      ...(planned ? [{ value: "run", name: `write ${shown}, and run bootstrap` } as const] : []),
      { value: "write", name: `write ${shown}` },
      { value: "change", name: "go back to the questions" },
      { value: "leave", name: "leave, and write nothing" },
    ],
  });
  if (given === back || given === "change") return await reviewed(wizard, await walked(wizard, walk));
  if (given === "leave") throw failure(kinds.interrupted, { what: "Left: nothing was written", fix: "vault-k8s init begins again." });
  writeConfig(config, configText(config.text, String(walk.answers.cluster), walk.answers));
  await asMeant(config, wizard.call.host);
  terminal.err(`${terminal.chalk.green(terminal.symbols.done)} ${shown} written\n`);
  return given === "run" ? await bootstrapped(wizard, walk) : finished(wizard, walk, line);
}
