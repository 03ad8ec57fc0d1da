// npm run docs: writes the pages of docs/ that are made from the code. A test tells when they are out of date.
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { pages } from "./docs/pages.ts";

const docs = join(import.meta.dirname, "../docs");
for (const [file, text] of pages()) {
  mkdirSync(dirname(join(docs, file)), { recursive: true });
  writeFileSync(join(docs, file), text);
}
