import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { lineOf, startBuilds } from "../build/index.ts";
import type { Component } from "../build/index.ts";
import { bothReady, endUnlessWhole, startBoth } from "../cluster/pair.ts";
import { LabError } from "../errors.ts";
import { catalog } from "../images/catalog.ts";
import { containerdUp, importImage } from "../images/import.ts";
import { installPackages } from "../machine/packages.ts";
import { checkMachine } from "../machine/requirements.ts";
import { linkPrograms } from "../state/bin.ts";
import { takeLab } from "../state/lock.ts";
import { labPaths } from "../state/paths.ts";
import type { LabPaths } from "../state/paths.ts";
import type { ClusterRecord } from "../state/record.ts";
import { makeWorkFolder } from "../work-folder.ts";
import { sayer } from "./say.ts";
import type { Say } from "./say.ts";

type Builds = Record<Component, Promise<string>>;

export interface UpOptions {
  /** Another Vault chart for vault-k8s.yaml, as a folder or an archive. */
  readonly vaultChart?: string | undefined;
}

/** Brings the lab up, from whatever state it is in. What is there already is left as it is. */
export async function up({ vaultChart }: UpOptions): Promise<void> {
  const say = sayer();
  checkMachine();
  const chart = vaultChart === undefined ? undefined : existing(vaultChart);
  const paths = labPaths();
  const release = await takeLab(paths, say);
  try {
    await installPackages(say);
    await endUnlessWhole(paths, say);
    await bringUp(paths, chart, say);
  } finally {
    release();
  }
  console.log(nextLines(paths));
}

async function bringUp(paths: LabPaths, chart: string | undefined, say: Say): Promise<void> {
  const builds = buildsWith(say);
  const pair = await startBoth(paths, builds, say);
  linkPrograms(paths);
  makeWorkFolder(paths, chart);
  await Promise.all([bothReady(paths, pair, say), fillImages(paths, pair, builds, say)]);
  // Programs that are in no image, but among the commands of the shell.
  await Promise.all([builds.helm4, builds.helm3]);
  say("both clusters are ready, with all images");
}

/** What the builder says of a failure was a line already; here it only has to end the run. */
function buildsWith(say: Say): Builds {
  const builds = startBuilds((event) => {
    const line = lineOf(event);
    if (line !== undefined) say(line);
  });
  const told = Object.entries(builds).map(([component, build]) => {
    const promise = build.catch(() => {
      throw new LabError(`The lab is not complete: ${component} is not built.`);
    });
    promise.catch(() => undefined); // nobody may be waiting for it yet
    return [component, promise];
  });
  return Object.fromEntries(told) as Builds;
}

/** One after the other, most needed first: the machine has other things to do at the same time. */
async function fillImages(paths: LabPaths, records: readonly ClusterRecord[], builds: Builds, say: Say): Promise<void> {
  await Promise.all(records.map(containerdUp));
  for (const recipe of catalog) {
    if (recipe.component !== undefined) await builds[recipe.component];
    if (await importImage(paths, recipe, records)) say(`image ${recipe.name} is in both clusters`);
  }
}

function existing(chart: string): string {
  if (!existsSync(chart)) throw new LabError(`There is no Vault chart at ${resolve(chart)}.`);
  return resolve(chart);
}

function nextLines({ folder }: LabPaths): string {
  return [
    "npm run lab -- shell     a shell on the network of eks-prod, with kubectl, helm, vault and vault-k8s",
    "npm run lab -- status    what runs",
    "npm run lab -- down      removes everything",
    `state: ${folder}`,
  ].join("\n");
}
