import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execFileSync } from "node:child_process";

/** The programs that are told to be typed; in this shell they only note what they were given. */
const programs = ["vault-k8s", "kubectl", "vault", "helm"] as const;

// No program is started: there is none on the PATH, and what is none of ours is passed over.
const prelude = `PATH=/nonexistent
note() { local word; for word in "$@"; do printf '%s\\0' "$word"; done; printf '\\n\\0'; } >> "$NOTES"
${programs.map((name) => `${name}() { note ${name} "$@"; }`).join("\n")}
command_not_found_handle() { :; }
`;

/**
 * The commands of a line as bash takes it apart: their words, quotes and substitutions done, in the order in which they run.
 * @throws what bash says where it does not parse it.
 */
export function typedInBash(line: string): readonly (readonly string[])[] {
  const folder = mkdtempSync(join(tmpdir(), "typed-"));
  const notes = join(folder, "notes");
  writeFileSync(notes, "");
  try {
    execFileSync("bash", ["--norc", "-c", `${prelude}\n${line}\nwait`], {
      cwd: folder,
      env: { NOTES: notes, HOME: folder },
      stdio: ["ignore", "ignore", "pipe"],
    });
    return readFileSync(notes, "utf8")
      .split("\n\0")
      .filter((command) => command !== "")
      .map((command) => command.split("\0").slice(0, -1));
  } finally {
    rmSync(folder, { recursive: true });
  }
}
