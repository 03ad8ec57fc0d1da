/** One thing in a tar archive. */
export type Entry =
  | {
      readonly path: string;
      readonly type: "file";
      readonly content: Buffer;
      readonly mode?: number;
      readonly owner?: Owner;
    }
  | {
      readonly path: string;
      readonly type: "folder";
      readonly mode?: number;
      readonly owner?: Owner;
    }
  | { readonly path: string; readonly type: "link"; readonly target: string };

export interface Owner {
  readonly user: number;
  readonly group: number;
}

const BLOCK = 512;
const types = { file: "0", link: "2", folder: "5" };

/** A tar archive in the ustar format, in pieces; equal entries give equal bytes. */
export function tar(entries: readonly Entry[]): Buffer[] {
  const blocks = entries.flatMap((entry) => (entry.type === "file" ? [header(entry), ...padded(entry.content)] : [header(entry)]));
  return [...blocks, Buffer.alloc(2 * BLOCK)];
}

function padded(content: Buffer): Buffer[] {
  return [content, Buffer.alloc((BLOCK - (content.length % BLOCK)) % BLOCK)];
}

function header(entry: Entry): Buffer {
  const block = Buffer.alloc(BLOCK);
  const owner = entry.type !== "link" && entry.owner ? entry.owner : { user: 0, group: 0 };
  const size = entry.type === "file" ? entry.content.length : 0;
  if (entry.path.length > 100) throw new Error(`path too long for the archive: ${entry.path}`);
  block.write(entry.path, 0);
  block.write(octal(modeOf(entry), 8), 100);
  block.write(octal(owner.user, 8), 108);
  block.write(octal(owner.group, 8), 116);
  block.write(octal(size, 12), 124);
  block.write(octal(0, 12), 136);
  block.write(types[entry.type], 156);
  if (entry.type === "link") block.write(entry.target, 157);
  block.write("ustar\u000000", 257);
  return withChecksum(block);
}

function modeOf(entry: Entry): number {
  if (entry.type === "link") return 0o777;
  return entry.mode ?? (entry.type === "folder" ? 0o755 : 0o644);
}

/** The sum counts its own field as blanks. */
function withChecksum(block: Buffer): Buffer {
  block.fill(" ", 148, 156);
  const sum = block.reduce((total, byte) => total + byte, 0);
  block.write(`${octal(sum, 7)} `, 148);
  return block;
}

/** A number as the header has it: octal digits and an end. */
function octal(value: number, width: number): string {
  return `${value.toString(8).padStart(width - 1, "0")}\0`;
}
