import { installPresets } from "../../config/spec/install.ts";
import type { VaultSpec } from "../../config/spec/vault.ts";
import type { Fix } from "../../core/check.ts";
import { isRecord, type Plain } from "../../core/compare.ts";
import { fact, valueOf } from "../../core/fact.ts";
import { at, list, number, text } from "../../core/values.ts";
import { owner, ownerLabel } from "../../kubernetes/ownership.ts";
import type { HelmRelease, KubeReader, Readers } from "../../systems/world.ts";

/** A flag of the installation, and what follows it by the chart's values and by this run; undefined where it is not said. */
interface Setting {
  readonly flag: string;
  given(values: Plain): string | undefined;
  wanted(vault: VaultSpec): string | undefined;
  readonly preset?: string;
}

const said = (is: boolean): string | undefined => (is ? "" : undefined);

/** What `step.ts` makes values of, the other way round. */
const settings: readonly Setting[] = [
  {
    flag: "--insecure-no-tls",
    given: (values) => said(at(values, "global", "tlsDisable") !== false),
    wanted: ({ tls }) => said(!tls.enabled),
  },
  {
    flag: "--replicas",
    given: (values) => number(at(values, "server", "ha", "replicas"))?.toString(),
    wanted: ({ install }) => String(install.replicas),
    preset: String(installPresets.replicas),
  },
  {
    flag: "--no-anti-affinity",
    given: (values) => said(at(values, "server", "affinity") === ""),
    wanted: ({ install }) => said(!install.antiAffinity),
  },
  { flag: "--image-tag", given: (values) => text(at(values, "server", "image", "tag")), wanted: ({ install }) => install.imageTag },
  {
    flag: "--storage-class",
    given: (values) => text(at(values, "server", "dataStorage", "storageClass")),
    wanted: ({ install }) => install.storage.class,
  },
  {
    flag: "--storage-size",
    given: (values) => text(at(values, "server", "dataStorage", "size")),
    wanted: ({ install }) => install.storage.size,
    preset: installPresets.storageSize,
  },
  { flag: "--expose", given: exposed, wanted: ({ install }) => install.expose, preset: installPresets.expose },
  {
    flag: "--ingress-host",
    given: (values) => text(at(list(at(values, "server", "ingress", "hosts"))[0], "host")),
    wanted: ({ install }) => install.ingress.host,
  },
];

function exposed(values: Plain): string {
  if (at(values, "server", "ingress", "enabled") === true) return "Ingress";
  return at(values, "ui", "serviceType") === "LoadBalancer" ? "LoadBalancer" : "ClusterIP";
}

/** Words of flags with which Vault is installed, and which this run leaves at their defaults. */
export interface OtherSettings {
  /** Where the release is. */
  readonly place: readonly string[];
  /** How it was made. Empty where a values file or a --set may say any of it. */
  readonly made: readonly string[];
}

/** How the release of ours in Vault's cluster differs from what this run leaves unsaid. Nothing where Vault is at an address, or not installed. */
export async function otherSettings({ helm, vaultKube }: Readers, vault: VaultSpec): Promise<OtherSettings> {
  const { address, install } = vault;
  if (address !== undefined || vaultKube === undefined) return { place: [], made: [] };
  const found = (await helm.release(install.namespace, install.release)) ?? (await elsewhere(vaultKube, helm));
  if (found === undefined || found.labels[ownerLabel] !== owner) return { place: [], made: [] };
  const opaque = install.valuesFiles.length + install.sets.length > 0;
  return {
    place: [
      ...(found.namespace === install.namespace ? [] : ["--install-namespace", found.namespace]),
      ...(found.name === install.release ? [] : ["--release", found.name]),
    ],
    made: opaque ? [] : settings.flatMap((setting) => wordsOf(setting, found.values as Plain, vault)),
  };
}

function wordsOf({ flag, given, wanted, preset }: Setting, values: Plain, vault: VaultSpec): string[] {
  const there = given(values);
  if (wanted(vault) !== preset || there === preset || there === undefined) return [];
  return there === "" ? [flag] : [flag, there];
}

/** Helm keeps each revision in a Secret that bears its name and our label: https://helm.sh/docs/topics/advanced/#storage-backends */
async function elsewhere(kube: KubeReader, helm: Readers["helm"]): Promise<HelmRelease | undefined> {
  const labelSelector = `owner=helm,status=deployed,${ownerLabel}=${owner}`;
  const secrets = await kube.list({ apiVersion: "v1", kind: "Secret", labelSelector });
  const releases = await Promise.all(
    secrets.map(({ metadata: { name, namespace = "", labels } }) => helm.release(namespace, labels?.["name"] ?? name)),
  );
  return releases.find((release) => isRecord(release?.values) && /^(vault|openbao)-\d/.test(release.chart));
}

/** The sentence about them; undefined where there is none. */
export const otherSaid = (flags: readonly string[]): string | undefined =>
  flags.length === 0 ? undefined : `installed with other settings than these: ${flags.join(" ")}`;

/** The same at the end of a run, with what keeps them. @param all Also how the release was made. Says nothing where it cannot be looked at. */
export async function otherNotices(read: Readers, vault: VaultSpec, all: boolean): Promise<{ reason: string; fix: Fix }[]> {
  const { place = [], made = [] } = valueOf(await fact(() => otherSettings(read, vault))) ?? {};
  const flags = [...place, ...(all ? made : [])];
  const sentence = otherSaid(flags);
  if (sentence === undefined) return [];
  return [{ reason: `Vault is ${sentence}`, fix: (line) => `${line("config save", ...flags)} keeps them for all that follows.` }];
}
