import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import type { Entry, Owner } from "./tar.ts";

const BUSYBOX = "/bin/busybox";

/** A program of the machine or of the cache, as a file of an image. */
export function program(path: string, source: string): Entry {
  return { path, type: "file", content: readFileSync(source), mode: 0o755 };
}

/** A text file of an image. */
export function text(path: string, content: string, mode = 0o644): Entry {
  return { path, type: "file", content: Buffer.from(content), mode };
}

/** A folder of an image. */
export function folder(path: string, mode = 0o755, owner?: Owner): Entry {
  return { path, type: "folder", mode, ...(owner && { owner }) };
}

/** A shell with its usual commands, users and a /tmp: enough for scripts in pods. */
export function busyboxEntries(users: readonly string[] = []): Entry[] {
  const commands = execFileSync(BUSYBOX, ["--list"], { encoding: "utf8" }).split("\n");
  const links = commands.filter((name) => name !== "" && name !== "busybox");
  return [
    folder("bin"),
    program("bin/busybox", BUSYBOX),
    ...links.map((name): Entry => ({ path: `bin/${name}`, type: "link", target: "busybox" })),
    folder("etc"),
    text("etc/passwd", ["root:x:0:0:root:/root:/bin/sh", ...users, ""].join("\n")),
    folder("root", 0o700),
    folder("tmp", 0o1777),
  ];
}
