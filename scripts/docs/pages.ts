import { commands } from "../../src/cli/commands/table.ts";
import { commandPage, fileOf, indexPage } from "./commands.ts";
import { compatibilityPage } from "./compatibility.ts";
import { exitCodesPage } from "./exit-codes.ts";
import { manPages } from "./man.ts";
import { schemaPages } from "./schemas.ts";
import { settingsPage } from "./settings.ts";

/** Every page that is made from the code: its place below docs/, and its text. */
export function pages(): ReadonlyMap<string, string> {
  const made = commands.map((command) => [`commands/${fileOf(command)}`, commandPage(command)] as const);
  return new Map([
    ...made,
    ["commands/README.md", indexPage()],
    ["settings.md", settingsPage()],
    ["compatibility.md", compatibilityPage()],
    ["exit-codes.md", exitCodesPage()],
    ...schemaPages(),
    ...manPages(),
  ]);
}
