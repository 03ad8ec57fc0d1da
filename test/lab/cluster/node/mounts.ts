import { execFileSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { LAB } from "../inside.ts";

/** The kubelet sets these for the whole machine; here it finds a copy that holds what it wants. */
const kubeletSettings: Record<string, string> = {
  "/proc/sys/vm/overcommit_memory": "1",
  "/proc/sys/vm/panic_on_oom": "0",
  "/proc/sys/kernel/panic": "10",
  "/proc/sys/kernel/panic_on_oops": "1",
  "/proc/sys/kernel/keys/root_maxkeys": "1000000",
  "/proc/sys/kernel/keys/root_maxbytes": "25000000",
};

/**
 * Gives the cluster a /run and a /var of its own: sockets, locks, logs and network namespaces have fixed names there,
 * and all of it ends with the mount namespace.
 */
export function privateMounts(folder: string): void {
  mount("-t", "tmpfs", "-o", "mode=755", "lab", "/run");
  for (const name of ["lab", "lock", "netns", "sysctl", "var", "var-work"]) mkdirSync(join("/run", name));
  mount("--bind", folder, LAB);
  mount("-t", "overlay", "-o", "lowerdir=/var,upperdir=/run/var,workdir=/run/var-work", "lab", "/var");
  hideKubeletSettings();
  // Only now: what was bound above must not show up a second time where it came from.
  mount("--make-rshared", "/");
}

function hideKubeletSettings(): void {
  for (const [setting, value] of Object.entries(kubeletSettings)) {
    const copy = join("/run/sysctl", basename(setting));
    writeFileSync(copy, `${value}\n`);
    mount("--bind", copy, setting);
  }
}

function mount(...args: string[]): void {
  execFileSync("mount", args, { stdio: ["ignore", "inherit", "inherit"] });
}
