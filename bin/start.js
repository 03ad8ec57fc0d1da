"use strict";
const { existsSync, mkdirSync, statSync } = require("node:fs");
const { enableCompileCache } = require("node:module");
const { userInfo } = require("node:os");
const { isAbsolute, join } = require("node:path");

const bundle = join(__dirname, "..", "dist", "main.cjs");

/** Compiled code is kept in a folder that only its owner can write: whoever can write there runs code as this user. */
function keepCompiled() {
  try {
    const home = isAbsolute(process.env.HOME || "") ? process.env.HOME : userInfo().homedir;
    const folder = join(process.env.XDG_CACHE_HOME || join(home, ".cache"), "vault-k8s");
    // With no home folder that is known it would be one of the working folder's.
    if (!isAbsolute(folder)) return;
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const { mode, uid } = statSync(folder);
    if ((mode & 0o022) === 0 && (process.getuid === undefined || uid === process.getuid())) enableCompileCache(folder);
  } catch {
    // Without a cache it starts a little slower.
  }
}

if (existsSync(bundle)) {
  require("./guard.js");
  keepCompiled();
  require(bundle);
} else {
  console.error("x vault-k8s is not built. Type: npm run build");
  process.exitCode = 1;
}
