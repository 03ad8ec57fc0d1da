"use strict";
const { writeFileSync } = require("node:fs");

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

keepOutOfCoreDumps();
keepOutOfReports();
