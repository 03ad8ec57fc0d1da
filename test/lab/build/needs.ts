import { mkdirSync, statfsSync } from "node:fs";
import { cacheRoot, isBuilt } from "./cache.ts";
import { recipes } from "./recipes.ts";
import { missingGo } from "./toolchain.ts";

/** Gigabytes that Go's caches and the components take during the builds; most of it is free again afterwards. */
const roomNeeded = 16;

/** Says in one sentence what this machine lacks to build what is missing; nothing where it can, or where all is built. */
export function missingForBuild(): string | undefined {
  return recipes.every(isBuilt) ? undefined : (missingGo() ?? missingRoom());
}

function missingRoom(): string | undefined {
  mkdirSync(cacheRoot(), { recursive: true });
  const { bavail, bsize } = statfsSync(cacheRoot());
  const room = Math.floor((bavail * bsize) / 1e9);
  if (room >= roomNeeded) return undefined;
  return `Room is missing: the lab's components need ${roomNeeded} GB under ${cacheRoot()}, and ${room} GB are free.`;
}
