"use strict";
const { existsSync, mkdirSync, statSync, writeFileSync } = require("node:fs");
const { enableCompileCache } = require("node:module");
const { homedir } = require("node:os");
const { join } = require("node:path");

const bundle = join(__dirname, "..", "dist", "main.cjs");

/** Compiled code is kept in a folder that only its owner can write: whoever can write there runs code as this user. */
function keepCompiled() {
  try {
    const folder = join(process.env.XDG_CACHE_HOME || join(homedir(), ".cache"), "vault-k8s");
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const { mode, uid } = statSync(folder);
    if ((mode & 0o022) === 0 && (process.getuid === undefined || uid === process.getuid())) enableCompileCache(folder);
  } catch {
    // Without a cache it starts a little slower.
  }
}

/** A diagnostic report, where somebody asked node for one, is a file that others get to see: the environment may hold VAULT_TOKEN. */
function keepOutOfReports() {
  try {
    process.report.excludeEnv = true;
  } catch {
    // A Node.js without reports.
  }
}

/** A core dump, of this process or of helm, leaves out all memory: https://man7.org/linux/man-pages/man5/core.5.html */
function keepOutOfCoreDumps() {
  if (process.platform !== "linux") return;
  try {
    writeFileSync("/proc/self/coredump_filter", "0");
  } catch {
    // No /proc, or a kernel without core dumps.
  }
}

if (existsSync(bundle)) {
  keepOutOfCoreDumps();
  keepOutOfReports();
  keepCompiled();
  require(bundle);
} else {
  console.error("x vault-k8s is not built. Type: npm run build");
  process.exitCode = 1;
}
