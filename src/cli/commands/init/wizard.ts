import type { Questions } from "../../render/questions.ts";
import type { Terminal } from "../../render/terminal.ts";
import type { Call } from "../command.ts";
import type { ConfigFile } from "../config-file/existing.ts";

/** What all of the wizard works with. */
export interface Wizard {
  readonly call: Call;
  readonly terminal: Terminal;
  readonly ask: Questions;
  readonly config: ConfigFile;
}
