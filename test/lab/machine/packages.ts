import { existsSync } from "node:fs";
import { rm, writeFile } from "node:fs/promises";
import { execa } from "execa";
import { LabError } from "../errors.ts";

const forTheLab = [
  "containerd",
  "runc",
  "containernetworking-plugins",
  "busybox-static",
  "iptables",
  "conntrack",
  "iproute2",
  "openssl",
  "gnupg",
  "jq",
  "tini",
  "shellcheck",
];

const POLICY = "/usr/sbin/policy-rc.d";

/** Installs the Debian packages that are missing, and says so. No service of theirs is started. @throws LabError */
export async function installPackages(say: (line: string) => void, needed: readonly string[] = forTheLab): Promise<void> {
  const missing = await missingPackages(needed);
  if (missing.length === 0) return;
  say(`installing Debian packages: ${missing.join(" ")}`);
  await withoutServices(async () => {
    await apt("update");
    await apt("install", "--yes", "--no-install-recommends", ...missing);
  });
  await disableServices(missing);
}

async function missingPackages(needed: readonly string[]): Promise<string[]> {
  // dpkg-query knows nothing of a package that was never there, and then exits with 1.
  const { stdout } = await execa("dpkg-query", ["--show", "--showformat=${Package} ${db:Status-Status}\n", ...needed], {
    reject: false,
    stderr: "ignore",
  });
  const installed = new Set(stdout.split("\n").filter((line) => line.endsWith(" installed")));
  return needed.filter((name) => !installed.has(`${name} installed`));
}

async function apt(...args: string[]): Promise<void> {
  const result = await execa("apt-get", ["--quiet", "-o", "DPkg::Lock::Timeout=300", ...args], {
    reject: false,
    all: true,
    stdin: "ignore",
    env: { DEBIAN_FRONTEND: "noninteractive" },
  });
  if (result.exitCode === 0) return;
  throw new LabError(`apt-get ${args[0]} failed:\n${result.all ?? result.shortMessage}`);
}

/** Debian starts services on installation unless this file says no; one that is there already is left as it is. */
async function withoutServices(install: () => Promise<void>): Promise<void> {
  if (existsSync(POLICY)) return install();
  await writeFile(POLICY, "#!/bin/sh\nexit 101\n", { mode: 0o755 });
  try {
    await install();
  } finally {
    await rm(POLICY, { force: true });
  }
}

/** The lab starts its own containerd; the system's would come up at the next boot. */
async function disableServices(installed: string[]): Promise<void> {
  if (!installed.includes("containerd") || !existsSync("/run/systemd/system")) return;
  await execa("systemctl", ["disable", "--now", "containerd"], { reject: false });
}
