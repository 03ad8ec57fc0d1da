// The first code of the single-file executable: loads the bundle's files out of it when they are asked for, as Node does from a folder. Each has its
// compiled code beside it, made by the very Node that is in the executable, so that the start takes no longer than the bundle's with a filled cache.
"use strict";
const { getAsset, getRawAsset } = require("node:sea");
const { Script } = require("node:vm");

const loaded = new Map();

function load(file) {
  const known = loaded.get(file);
  if (known !== undefined) return known.exports;
  const module = { exports: {} };
  loaded.set(file, module);
  const cachedData = Buffer.from(getRawAsset(`${file}.cache`));
  const script = new Script(getAsset(file, "utf8"), { filename: `vault-k8s/${file}`, cachedData });
  script.runInThisContext().call(module.exports, module.exports, ask, module, process.execPath, process.execPath);
  return module.exports;
}

/** Files of the bundle lie beside each other; all else is Node's own. */
const ask = (id) => (id.startsWith("./") ? load(`dist/${id.slice(2)}`) : require(id));

load("bin/guard.js");
load("dist/main.cjs");
