/**
 * Loaded into the real command before it starts (node --import). Wraps, from outside, what changes files below FAULT_FOLDER and what is
 * asked of Vault, Kubernetes and the commands of a custody, counts these boundaries in FAULT_LOG, and kills the process before the one that FAULT_AT names. The product knows
 * nothing of it.
 */
import child from "node:child_process";
import { subscribe } from "node:diagnostics_channel";
import type { ClientRequest, IncomingMessage } from "node:http";
import fs from "node:fs";
import { Socket } from "node:net";
import { syncBuiltinESMExports } from "node:module";
import path from "node:path";

const folder = process.env["FAULT_FOLDER"] ?? "/nowhere";
const log = fs.openSync(process.env["FAULT_LOG"] ?? "/dev/null", "a");
const killAt = Number(process.env["FAULT_AT"] ?? "0");
/** What else goes wrong while Vault is asked for init: `cut`: the network, in the middle of the answer; `fill`: the disk is full from then on. */
const deed = process.env["FAULT_DEED"];
const writeSync = fs.writeSync;
let count = 0;

/** Here the process may die. */
function boundary(name: string): void {
  count += 1;
  writeSync(log, `${name}\n`);
  if (count === killAt) process.kill(process.pid, "SIGKILL");
}

const within = (file: unknown): file is string => typeof file === "string" && file.startsWith(folder);
const short = (file: string): string => path.relative(folder, file) || ".";

type Any = (...args: unknown[]) => Promise<unknown>;
const promises = fs.promises as unknown as Record<string, Any>;

/** What changes names, and what is written whole, such as a lock: told with the file that it is about. */
for (const name of ["mkdir", "link", "rename", "unlink", "writeFile"]) {
  const real = promises[name]!;
  promises[name] = (...args: unknown[]) => {
    const file = within(args[1]) ? args[1] : args[0];
    if (within(file)) boundary(`${name} ${short(file)}`);
    return real(...args);
  };
}

/** Files that are written: made, written, cut and synced. */
const realOpen = promises["open"]!;
promises["open"] = async (...args: unknown[]) => {
  const [file, flags] = args;
  const writes = typeof flags === "string" && flags !== "r";
  if (within(file) && writes) boundary(`open ${short(file)}`);
  const handle = (await realOpen(...args)) as Record<string, Any>;
  if (!within(file)) return handle;
  for (const name of ["write", "writeFile", "truncate", "sync"]) {
    const real = handle[name]!.bind(handle);
    handle[name] = (...inner: unknown[]) => {
      boundary(`${name} ${short(file)}`);
      return real(...inner);
    };
  }
  return handle;
};

/** The same for what is done at once. */
const open = new Map<number, string>();
const sync = fs as unknown as Record<string, (...args: unknown[]) => unknown>;
const realOpenSync = sync["openSync"]!;
sync["openSync"] = (...args: unknown[]) => {
  const [file, flags] = args;
  const writes = within(file) && typeof flags === "string" && flags !== "r";
  if (writes) boundary(`open ${short(file)}`);
  const descriptor = realOpenSync(...args);
  if (writes) open.set(descriptor as number, short(file));
  return descriptor;
};
for (const name of ["writeSync", "ftruncateSync", "fsyncSync"]) {
  const real = sync[name]!;
  sync[name] = (...args: unknown[]) => {
    const file = open.get(args[0] as number);
    if (file !== undefined) boundary(`${name} ${file}`);
    return real(...args);
  };
}
const realCloseSync = sync["closeSync"]!;
sync["closeSync"] = (...args: unknown[]) => {
  open.delete(args[0] as number);
  return realCloseSync(...args);
};
/** Commands of a custody: the call of store.sh, and the document that it is about. And a command that gets a root token. */
const programs = child as unknown as { spawn(...args: unknown[]): child.ChildProcess };
const realSpawn = programs.spawn;
programs.spawn = (...args: unknown[]) => {
  const [, words, options] = args as [string, string[]?, { env?: Record<string, string> }?];
  const call = / (keep|give)$/.exec(words?.at(-1) ?? "")?.[1];
  const asRoot = words?.join(" ") === "auth enable userpass" ? "as root" : undefined;
  if (call === undefined && asRoot === undefined) return realSpawn(...args);
  const name = `command ${asRoot ?? `${call} ${options?.env?.["VAULT_K8S_DOCUMENT"]}`}`;
  boundary(`${name}: to be started`);
  const started = realSpawn(...args);
  boundary(`${name}: started`);
  if (call === "keep") started.stdin?.once("finish", () => boundary(`${name}: has its document`));
  started.once("exit", () => boundary(`${name}: ended`));
  return started;
};
syncBuiltinESMExports();

const about = ({ method, path: target }: ClientRequest): string => `${method} ${target.replace(/\?.*/, "")}`;
const counts = (request: ClientRequest): boolean => !request.path.includes("/portforward") && /^\/(v1|api|apis)\//.test(request.path);
const isWrite = (request: ClientRequest): boolean => request.method !== "GET" && request.path.startsWith("/v1/");

subscribe("http.client.request.start", (message) => {
  const { request } = message as { request: ClientRequest };
  if (!counts(request)) return;
  boundary(`${about(request)}: to be sent`);
  if (request.path !== "/v1/sys/init" || !isWrite(request)) return;
  if (deed === "fill") fillDisk();
  if (deed === "cut") cutInTheMiddle(request);
  // The tunnel takes it over at once; a moment later Vault has it, and works on it for longer than that.
  request.once("finish", () => setTimeout(() => boundary(`${about(request)}: sent, not answered`), 12));
});

subscribe("http.client.response.finish", (message) => {
  const { request, response } = message as { request: ClientRequest; response: IncomingMessage };
  if (!counts(request) || !isWrite(request)) return;
  boundary(`${about(request)}: its answer begins`);
  response.once("end", () => boundary(`${about(request)}: its answer is read`));
});

/** Half of the first bytes of the answer arrive; then all connections end. */
function cutInTheMiddle({ socket }: ClientRequest): void {
  const push = socket!.push.bind(socket);
  socket!.push = (bytes: Buffer | null) => {
    if (bytes === null) return push(bytes);
    push(bytes.subarray(0, bytes.length - 200));
    cutNetwork();
    return false;
  };
}

/** Every connection of the process is gone at once. */
function cutNetwork(): void {
  const handles = (process as unknown as { _getActiveHandles(): unknown[] })._getActiveHandles();
  for (const handle of handles) if (handle instanceof Socket && handle.remotePort !== undefined) handle.destroy();
}

function fillDisk(): void {
  const file = fs.openSync(path.join(folder, "full"), "w");
  try {
    for (;;) writeSync(file, Buffer.alloc(4096));
  } catch {
    // That is what was wanted.
  }
}
