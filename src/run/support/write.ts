import { mkdir, readdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { gzipSync } from "node:zlib";
import { failure, kinds } from "../../errors.ts";
import type { Part } from "./cluster.ts";

/**
 * Writes the parts for their owner alone: into an archive where the name ends in .tar.gz or .tgz, else into a folder that is new or empty.
 * @throws CliError VK1009
 */
export async function writeBundle(target: string, parts: readonly Part[], at: Date): Promise<void> {
  try {
    if (/\.(tar\.gz|tgz)$/.test(target))
      await writeFile(target, await archive(parts, path.basename(target).replace(/\.(tar\.gz|tgz)$/, ""), at), { mode: 0o600, flag: "wx" });
    else await folder(target, parts);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === undefined) throw error;
    throw failure(kinds.badInput, {
      what: `The bundle cannot be written to ${target}`,
      why: code === "EEXIST" ? "There is something already." : code,
      fix: "Name a new file (.tar.gz) or a new folder with --out.",
    });
  }
}

async function folder(target: string, parts: readonly Part[]): Promise<void> {
  await mkdir(target, { recursive: true, mode: 0o700 });
  if ((await readdir(target)).length > 0) throw Object.assign(new Error("not empty"), { code: "EEXIST" });
  for (const { name, text } of parts) {
    const file = path.join(target, name);
    await mkdir(path.dirname(file), { recursive: true, mode: 0o700 });
    await writeFile(file, text, { mode: 0o600, flag: "wx" });
  }
}

async function archive(parts: readonly Part[], root: string, mtime: Date): Promise<Buffer> {
  const { pack } = await import("tar-stream");
  const packing = pack();
  for (const { name, text } of parts) packing.entry({ name: `${root}/${name}`, mode: 0o600, mtime }, text);
  packing.finalize();
  const pieces: Buffer[] = [];
  for await (const piece of packing as AsyncIterable<Buffer>) pieces.push(piece);
  return gzipSync(Buffer.concat(pieces));
}
