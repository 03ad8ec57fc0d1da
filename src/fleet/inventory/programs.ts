import path from "node:path";
import type { FleetFile } from "../../config/fleet.ts";
import { failure, kinds } from "../../errors.ts";
import type { ExecEntry } from "../../systems/kube/kubeconfig-shape.ts";
import { clean } from "../../systems/words.ts";

/** A program that credentials out of an object may have run. */
interface Program {
  /** The one that is run, whatever is found in PATH. */
  readonly path: string;
  /** The variables that it gets: of the credentials, else of this process. */
  readonly env: readonly string[];
}

/** By the plain name that credentials may call it. */
export type Programs = ReadonlyMap<string, Program>;

/**
 * Variables that lead a program to other code or other files. They are never taken from an object, and never listed.
 * HOME and XDG_* say where its configuration lies, which may name programs too (credential_process of aws).
 */
const leads =
  /^(PATH|HOME|XDG_\w+|LD_\w+|DYLD_\w+|NODE_\w+|PYTHON\w+|PERL\w+|RUBY\w+|BASH_\w+|ENV|JAVA_TOOL_OPTIONS|GCONV_PATH|KUBECONFIG|\w*_CONFIG_FILE|VAULT_\w+|BAO_\w+)$/i;

/** What every program gets of this process besides. */
const base = ["PATH", "HOME"];

/**
 * The programs that may run: those of the file, and those of `--allow-exec NAME=/absolute/path[,VARIABLE...]`, which come first.
 * @throws CliError VK1001 for a flag that says something else, VK1003 for a variable in the file that is never given
 */
export function allowedPrograms(file: FleetFile["exec"], flags: readonly string[]): Programs {
  const ofFile = Object.entries(file).map(
    ([name, said]) =>
      [name, checked(typeof said === "string" ? { path: said, env: [] } : said, `fleet.exec.${name}`, kinds.badConfig)] as const,
  );
  return new Map([...ofFile, ...flags.map(programOf)]);
}

function programOf(flag: string): readonly [string, Program] {
  const [, name = "", said = ""] = /^([^/\s=]+)=(.*)$/s.exec(flag) ?? [];
  const [program = "", ...env] = said.split(",");
  if (name === "" || !path.isAbsolute(program) || env.some((one) => !/^[A-Za-z_]\w*$/.test(one)))
    throw failure(kinds.usage, {
      what: `--allow-exec ${JSON.stringify(clean(flag))} does not say which program is run`,
      fix: "It has to be --allow-exec NAME=/absolute/path, or NAME=/absolute/path,VARIABLE,VARIABLE.",
    });
  return [name, checked({ path: program, env }, `--allow-exec ${name}`, kinds.usage)];
}

function checked(program: Program, where: string, kind: typeof kinds.usage | typeof kinds.badConfig): Program {
  const wrong = program.env.find((name) => leads.test(name));
  if (wrong === undefined) return program;
  throw failure(kind, {
    what: `${where} lists ${wrong}, which is given to no program that an object names`,
    why: "It leads a program to other code, or to other files.",
    fix: "Leave it out.",
  });
}

/** A plugin as it is run, with the whole of its environment. */
export interface Allowed {
  readonly exec: ExecEntry;
  readonly env: Readonly<Record<string, string>>;
}

/**
 * The plugin that an object names, run as the path that was allowed for its plain name, and never interactive.
 * @param object what names it, for people
 * @throws CliError VK1703
 */
export function allowed(exec: ExecEntry, programs: Programs, object: string, env: NodeJS.ProcessEnv): Allowed {
  const name = exec.command ?? "";
  const program = programs.get(name);
  if (program === undefined) throw notAllowed(name, object);
  if (exec.interactiveMode === "Always")
    throw refused(object, `${name} wants to ask a person.`, "Have its source give credentials that need nobody.");
  const said = new Map((exec.env ?? []).map(({ name: variable = "", value = "" }) => [variable, value]));
  const stranger = [...said.keys()].find((variable) => leads.test(variable) || !program.env.includes(variable));
  if (stranger !== undefined) throw notListed(name, clean(stranger), object, program);
  const own = [...base, ...program.env.filter((variable) => !said.has(variable))].flatMap((variable) =>
    env[variable] === undefined ? [] : [[variable, env[variable]] as const],
  );
  // What the credentials say of the environment is in it by now.
  return { exec: { ...exec, command: program.path, interactiveMode: "Never", env: [] }, env: Object.fromEntries([...own, ...said]) };
}

function notAllowed(name: string, object: string): Error {
  const isPlain = name !== "" && !/[/\s=,]/.test(name);
  return refused(
    object,
    isPlain
      ? `It wants the program ${clean(name)} to be run.`
      : `It wants ${JSON.stringify(clean(name))} to be run, which is no plain name of a program.`,
    isPlain
      ? `Where you trust who writes it: --allow-exec ${clean(name)}=/absolute/path`
      : "Have its source name a program without a path.",
  );
}

const notListed = (name: string, variable: string, object: string, { path: program, env }: Program): Error =>
  leads.test(variable)
    ? refused(object, `It sets ${variable} for ${name}, which leads a program to other code or files.`, "Take it out at the source.")
    : refused(
        object,
        `It sets ${variable} for ${name}, and nobody listed that.`,
        `Where you mean it: --allow-exec ${[`${name}=${program}`, ...env, variable].join(",")}`,
      );

const refused = (object: string, why: string, fix: string): Error =>
  failure(kinds.heldProgram, { what: `The credentials in ${object} are not used`, why, fix });
