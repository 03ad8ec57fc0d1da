// Run by the Node that goes into the executable, since only that one can use the result: code-cache.ts CHECKOUT FOLDER FILE... writes each file, wrapped
// as Node wraps a module, and beside it what compiling it gives.
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { Script } from "node:vm";

const [checkout = "", folder = "", ...files] = process.argv.slice(2);
for (const file of files) {
  const source = `(function (exports, require, module, __filename, __dirname) {${readFileSync(join(checkout, file), "utf8")}\n})`;
  const target = join(folder, file);
  mkdirSync(dirname(target), { recursive: true });
  writeFileSync(target, source);
  writeFileSync(`${target}.cache`, new Script(source, { filename: `vault-k8s/${file}` }).createCachedData());
}
