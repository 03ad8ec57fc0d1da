import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { lineOf, startBuilds } from "../build/index.ts";
import type { Component } from "../build/index.ts";
import { bothReady, endUnlessWhole, startBoth } from "../cluster/pair.ts";
import { LabError } from "../errors.ts";
import { catalog } from "../images/catalog.ts";
import type { Recipe } from "../images/catalog.ts";
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
  /** Kept when the first Secret was shown: what that does not need is built afterwards. */
  readonly shown?: () => Promise<unknown>;
}

/** A lab that comes up. */
export interface ComingUp {
  /** Kept when eks-prod has what bootstrap needs there; what else belongs to the lab may take minutes more. */
  readonly first: Promise<unknown>;
  readonly whole: Promise<unknown>;
}

/** Brings the lab up, from whatever state it is in. What is there already is left as it is. */
export async function up(options: UpOptions): Promise<void> {
  const { whole } = await beginUp(options);
  await whole;
  console.log(nextLines(labPaths()));
}

/** The same, for a caller that does not wait for all of it. */
export async function beginUp({ vaultChart, shown }: UpOptions): Promise<ComingUp> {
  const say = sayer();
  checkMachine();
  const chart = vaultChart === undefined ? undefined : existing(vaultChart);
  const paths = labPaths();
  const release = await takeLab(paths, say);
  try {
    await installPackages(say);
    await endUnlessWhole(paths, say);
    const { first, whole } = await bringUp(paths, chart, say, shown);
    return { first: handled(first), whole: handled(whole.finally(release)) };
  } catch (error) {
    release();
    throw error;
  }
}

/** Nobody may be waiting for it yet. */
function handled<T>(promise: Promise<T>): Promise<T> {
  promise.catch(() => undefined);
  return promise;
}

async function bringUp(paths: LabPaths, chart: string | undefined, say: Say, shown?: UpOptions["shown"]): Promise<ComingUp> {
  const builds = buildsWith(say, shown);
  const pair = await startBoth(paths, builds, say);
  linkPrograms(paths);
  makeWorkFolder(paths, chart);
  const images = fillImages(paths, pair, builds, say);
  const ready = bothReady(paths, pair, say);
  return {
    first: Promise.all([ready.first, images.first, builds.helm4]),
    // helm3 is in no image, but among the commands of the shell.
    whole: Promise.all([ready.both, images.all, builds.helm4, builds.helm3]).then(() => say("both clusters are ready, with all images")),
  };
}

/** What the builder says of a failure was a line already; here it only has to end the run. */
function buildsWith(say: Say, shown?: UpOptions["shown"]): Builds {
  const builds = startBuilds((event) => {
    const line = lineOf(event);
    if (line !== undefined) say(line);
  }, shown);
  const told = Object.entries(builds).map(([component, build]) => {
    const promise = build.catch(() => {
      throw new LabError(`The lab is not complete: ${component} is not built.`);
    });
    return [component, handled(promise)];
  });
  return Object.fromEntries(told) as Builds;
}

/** One after the other, most needed first: the machine has other things to do at the same time. */
function fillImages(
  paths: LabPaths,
  records: readonly ClusterRecord[],
  builds: Builds,
  say: Say,
): { first: Promise<void>; all: Promise<void> } {
  const fill = async (recipes: readonly Recipe[]): Promise<void> => {
    for (const recipe of recipes) {
      if (recipe.component !== undefined) await builds[recipe.component];
      if (await importImage(paths, recipe, records)) say(`image ${recipe.name} is in both clusters`);
    }
  };
  const first = Promise.all(records.map(containerdUp)).then(() => fill(catalog.filter(({ later }) => later !== true)));
  return { first, all: first.then(() => fill(catalog.filter(({ later }) => later === true))) };
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
