import type { Plain } from "../core/compare.ts";
import type { Spec } from "../config/spec.ts";
import type { ConsumerSpec } from "../config/spec/consumer.ts";
import type { OldestVersion } from "../systems/oldest-versions.ts";
import type { AppResource } from "../systems/step.ts";
import type { KubeObject, Readers } from "../systems/world.ts";
import type { ConsumerObjects } from "./consumer-objects.ts";

/**
 * A kind of consumer: all in which one kind differs from another. Who works with consumers reads it here, and asks nowhere which kind one is.
 * What a kind does not have it leaves out.
 */
export interface Consumer {
  readonly words: ConsumerWords;
  /** Undefined where every version will do. */
  readonly oldest?: OldestVersion;
  /** When it was archived, e.g. "July 2022": it gets no fixes. */
  readonly archived?: string;
  /** Whether it can log in with tokens of an audience. */
  readonly asksForAudience: boolean;
  readonly install: ConsumerInstall;
  /** The objects by which it is told what to bring. */
  readonly objects?: ConsumerObjects;
}

/** How it is called. */
interface ConsumerWords {
  /** In sentences. */
  readonly title: string;
  /** Where there is little room. */
  readonly shortTitle: string;
  /** Where one is chosen. */
  readonly choice: string;
  /** Why one would choose it, or not; part of a sentence. */
  readonly about: string;
}

/** Values of a chart. */
export type Values = Readonly<Record<string, Plain>>;

/** Where its chart is when nobody says it, and what the chart is told; names of charts are product data. */
interface ConsumerInstall {
  readonly chart: string;
  readonly repo: string;
  readonly release: string;
  /** Something that whoever installs it should know. */
  readonly notice?: string;
  /** What its deployments have in the chart's label, or in their names where they have no such label. */
  readonly deployments: RegExp;
  values(spec: Spec, wanted: ConsumerSpec): Values;
  /** What its chart is told of Vault, and is known only when Vault is there. Left out where stores say it. */
  readonly vaultValues?: (read: Readers) => Promise<Values>;
  /** What its chart rests on besides its namespace. */
  readonly beside?: (wanted: ConsumerSpec, release: string) => AppResource[];
  /** An object that its webhook judges, for a dry run. Left out where it has no webhook. */
  readonly webhookProbe?: KubeObject;
  /** Whether its chart leaves the definition of its objects behind, as helm does with what stands in a folder crds. */
  readonly leavesDefinition?: boolean;
}
