import { userInfo } from "node:os";
import path from "node:path";

/**
 * The user's home folder: HOME, or what the system knows where HOME is empty or no whole path. Undefined where nobody knows one: nothing of the
 * user's may then be looked for, or put, in the working folder.
 */
export function homeIn(env: Readonly<Record<string, string | undefined>>): string | undefined {
  const said = env["HOME"] ?? "";
  const home = path.isAbsolute(said) ? said : known();
  return path.isAbsolute(home) ? home : undefined;
}

function known(): string {
  try {
    return userInfo().homedir;
  } catch {
    // A user whom the system does not know, as in some containers.
    return "";
  }
}

/** A folder of the user's, or one below the root that surely is not there. */
export const homeOrNowhere = (env: Readonly<Record<string, string | undefined>>): string => homeIn(env) ?? "/nonexistent";
