import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { execa } from "execa";
import { goCaches } from "./cache.ts";

/** The oldest Go that all components build with; every go.mod here names it. */
export const oldestGo = "1.26";

/** Where Go works, and how much it stands back behind what else runs. */
export interface GoRun {
  readonly folder: string;
  readonly niceness?: number;
}

/** Runs `go` on caches of the lab's own, at low priority so that the machine stays usable, and returns its output. */
export async function go(run: GoRun, ...args: string[]): Promise<string> {
  const niceness = String(run.niceness ?? 5);
  const result = await execa("nice", ["-n", niceness, "go", ...args], {
    cwd: run.folder,
    env: goSettings(),
    reject: false,
  });
  if (result.failed) throw new Error(`go ${args[0]} failed: ${lastWords(result.stderr) || result.shortMessage}`);
  return result.stdout;
}

/** The person's own proxy and checksum settings stay; what would change the result is set. */
function goSettings(): Record<string, string> {
  return {
    GOMODCACHE: join(goCaches(), "mod"),
    GOCACHE: join(goCaches(), "build"),
    GOFLAGS: "-modcacherw",
    GOTOOLCHAIN: "local",
    GOWORK: "off",
    CGO_ENABLED: "0",
  };
}

/** The end of what Go said, without its notes on downloads. */
function lastWords(stderr: string | undefined): string {
  const lines = (stderr ?? "").split("\n").filter((line) => !line.startsWith("go: downloading"));
  return lines.slice(-20).join("\n").trim();
}

/** Says in one sentence what this machine's Go lacks, if anything. */
export function missingGo(): string | undefined {
  const wanted = `the lab builds its components with Go ${oldestGo} or newer`;
  const { stdout } = spawnSync("go", ["env", "GOVERSION"], {
    encoding: "utf8",
    env: { ...process.env, ...goSettings() },
  });
  if (!stdout) return `Go is missing: ${wanted}.`;
  const found = stdout.trim().replace(/^go/, "");
  return isOlder(found, oldestGo) ? `Go ${found} is too old: ${wanted}.` : undefined;
}

/** Whether one version of Go is older than another, by major and minor number. */
export function isOlder(found: string, wanted: string): boolean {
  const [major = 0, minor = 0] = found.split(".").map((part) => Number.parseInt(part, 10));
  const [wantedMajor = 0, wantedMinor = 0] = wanted.split(".").map(Number);
  return major < wantedMajor || (major === wantedMajor && minor < wantedMinor);
}
