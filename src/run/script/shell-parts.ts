import { shellText } from "../../core/shell-text.ts";
import type { ScriptPart } from "./script.ts";

/** A part whose text has no values. */
const part = (name: string): ScriptPart => ({ lines: shellText(`script/${name}.sh`) });

/** What any command may rest on. */
export const shellParts = (): Record<"within" | "work" | "sha256" | "ask", ScriptPart> => ({
  within: part("within"),
  work: part("work"),
  sha256: part("sha256"),
  ask: part("ask"),
});
