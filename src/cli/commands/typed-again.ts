import type { ClusterEvent } from "../../run/observer.ts";
import type { Finding } from "../../core/check.ts";
import type { Call } from "./command.ts";
import { word } from "../../core/shell.ts";
import { commandLinesFor } from "./command-lines.ts";

/** What was typed, and the commands that there are. */
export type Given = Pick<Call, "flags" | "commands">;

/** Where a text leaves it to the reader what else to type. */
const leftToReader = /(?: \(|, )(?:each )?with (?:the flags of this run|the same flags)(?:\)|,(?= \w))?| and the flags of this run/g;

/**
 * A text that names commands, as they are typed after this run: ours with its flags behind their name, unless they stand there; kubectl and helm
 * with the kubeconfig that it was given. So what is said to be typed works as it stands.
 */
export function typedAgain(text: string, { flags, commands }: Given): string {
  const lines = commandLinesFor({ flags, commands });
  const whole = text.replace(mentionOf(commands), (said: string, name: string, at: number) => {
    const line = lines.own(name);
    return saysFlags(text.slice(at + said.length), line) ? said : line;
  });
  return inKubeconfig(whole === text ? text : whole.replace(leftToReader, ""), flags);
}

/** Whether what stands behind a command, up to the next one, has the flags already. */
function saysFlags(behind: string, line: string): boolean {
  const [own = ""] = behind.split(/ && |; |\n|vault-k8s /);
  const [first] = / --[\w-]+/.exec(line) ?? [];
  return first !== undefined && `${own} `.includes(`${first} `);
}

function inKubeconfig(text: string, { kubeconfig }: Given["flags"]): string {
  if (typeof kubeconfig !== "string") return text;
  const flag = `--kubeconfig ${word(kubeconfig)}`;
  return text
    .replace(/\bkubectl (?=--context )/g, () => `kubectl ${flag} `)
    .replace(/(\bhelm [^;&|\n]*?)(?=--kube-context )/g, (_, before: string) => `${before}${flag} `);
}

const mentionOf = (commands: readonly Pick<Call["command"], "name" | "local">[]): RegExp => {
  const names = commands.flatMap(({ name, local }) => (local === true ? [] : [name])).sort((one, other) => other.length - one.length);
  return new RegExp(String.raw`(?<![\w/.-])(?:kubectl )?vault-k8s (${names.join("|")})(?![\w-])`, "g");
};

/** An event whose words say what to type. */
export function typedAgainIn(event: ClusterEvent, given: Given): ClusterEvent {
  const inFinding = <F extends Finding>(finding: F): F =>
    "fix" in finding ? { ...finding, fix: typedAgain(finding.fix, given) } : finding;
  if (event.type === "notice") return { ...event, message: typedAgain(event.message, given) };
  if (event.type === "check") return { ...event, finding: inFinding(event.finding) };
  if (event.type === "end")
    return {
      ...event,
      notices: event.notices.map((one) => ({ ...one, fix: typedAgain(one.fix, given) })),
      next: event.next.map((line) => typedAgain(line, given)),
    };
  return event;
}
