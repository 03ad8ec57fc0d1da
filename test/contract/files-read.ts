import { promises } from "node:fs";
import { syncBuiltinESMExports } from "node:module";
import { onTestFinished } from "vitest";

/** Notes each file that is read from now on, until the test is over. */
export function filesRead(): string[] {
  const files: string[] = [];
  const real = promises.readFile;
  promises.readFile = ((file: unknown, ...rest: unknown[]) => {
    files.push(String(file));
    return (real as (...args: unknown[]) => unknown)(file, ...rest);
  }) as typeof real;
  syncBuiltinESMExports();
  onTestFinished(() => {
    promises.readFile = real;
    syncBuiltinESMExports();
  });
  return files;
}
