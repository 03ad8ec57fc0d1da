import { keptKube } from "../../systems/asked-once/kube.ts";
import { keptIn, type Asked, type Kept } from "../../systems/asked-once/kept.ts";
import type { Looks } from "../../systems/asked-once/answers.ts";
import type { OpenedKube } from "../../systems/kube/open-kube.ts";
import type { KubeWire } from "../../systems/kube/wire.ts";
import type { KubeWriter } from "../../systems/world.ts";

/** A cluster with the wire to it. */
export interface AskedKube extends Asked<KubeWriter> {
  readonly wire: KubeWire;
}

/** Where answers are kept: those of the cluster that is wired, and those of Vault and its pods. */
export interface KeptAnswers {
  readonly wired: Kept;
  readonly vaults: Kept;
}

/** @param apart Vault's pods, if there are any, run in another cluster: what is written here does not touch them. */
export function keptFor(looks: Looks, apart: boolean): KeptAnswers {
  const wired = looks.answers();
  const vaults = apart ? looks.answers() : wired;
  // An operator follows what is written to Vault.
  return { wired: keptIn(wired, [wired]), vaults: keptIn(vaults, [vaults, wired]) };
}

export const askedKube = ({ client, wire }: OpenedKube, kept: Kept): AskedKube => ({ wire, ...keptKube(client, kept) });
