// Writes down every path that is opened for writing, or made; changes nothing else. Loaded with --require.
"use strict";
const fs = require("node:fs");
const { syncBuiltinESMExports } = require("node:module");
const { appendFileSync } = fs;
const list = process.env.WRITTEN_PATHS;
const note = (path) => appendFileSync(list, `${String(path)}\n`);
const writes = (flags) => (typeof flags === "number" ? (flags & 3) !== 0 : /[wa+]/.test(String(flags ?? "r")));

function watch(owner, name, isWrite) {
  const real = owner[name];
  owner[name] = function (...args) {
    if (args[0] !== list && isWrite(args)) note(args[0]);
    return real.apply(this, args);
  };
}

for (const owner of [fs, fs.promises])
  for (const name of ["open", "openSync"]) if (owner[name] !== undefined) watch(owner, name, ([, flags]) => writes(flags));
for (const owner of [fs, fs.promises])
  for (const name of ["writeFile", "writeFileSync", "mkdtemp", "mkdtempSync", "createWriteStream", "copyFile", "appendFile"])
    if (owner[name] !== undefined) watch(owner, name, () => true);
syncBuiltinESMExports();
