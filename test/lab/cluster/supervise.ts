import { spawn } from "node:child_process";
import { mkdirSync, openSync, readFileSync } from "node:fs";
import { inLab, writeFiles } from "./programs/program.ts";
import type { Program } from "./programs/program.ts";

/** Starts a program that must run as long as the cluster does; its output goes to logs/NAME.log. */
export function start(program: Program, onEnd: (reason: string) => void): void {
  writeFiles(program);
  mkdirSync(inLab("logs"), { recursive: true });
  const log = openSync(logOf(program.name), "a");
  const child = spawn(program.command, program.args, { stdio: ["ignore", log, log], cwd: "/" });
  child.on("error", (error) => onEnd(`${program.name} does not start: ${error.message}`));
  child.on("exit", (code, signal) => {
    onEnd(`${program.name} ended (${signal ?? `exit code ${code}`}): ${lastLine(program.name)}`);
  });
}

function logOf(name: string): string {
  return inLab(`logs/${name}.log`);
}

function lastLine(name: string): string {
  return readFileSync(logOf(name), "utf8").trimEnd().split("\n").at(-1) ?? "";
}
