import type { Command } from "../../core/resource.ts";

/** A part of the script that commands rest on: functions and variables, printed once, before the first command that needs them. */
export interface ScriptPart {
  readonly lines: string;
  readonly needs?: readonly string[];
}

/** A shell script that grows command by command. */
export interface Script {
  /** The command as lines of the script, with what it rests on before it. */
  add(command: Command): string;
}

/** @param parts by the names that commands use in `needs` */
export function script(head: string, parts: Readonly<Record<string, ScriptPart>>): Script {
  const printed = new Set<string>();
  const needed = (names: readonly string[]): string[] =>
    names.flatMap((name) => {
      const part = parts[name];
      if (printed.has(name)) return [];
      if (part === undefined) throw new Error(`a command needs "${name}", which the script does not know`);
      printed.add(name);
      return [...needed(part.needs ?? []), part.lines];
    });
  let begun = false;
  return {
    add: ({ lines, needs = [] }) => {
      const all = [...(begun ? [] : [head]), ...needed(needs), lines];
      begun = true;
      return `${all.map((each) => each.trim()).join("\n\n")}\n\n`;
    },
  };
}
