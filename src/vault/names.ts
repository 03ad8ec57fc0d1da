import type { InstallSpec } from "../config/spec/install.ts";
import { objectsIn } from "../kubernetes/helm/objects.ts";
import { releaseSet } from "../systems/vault-pods.ts";
import type { Readers } from "../systems/world.ts";
import { vaultFullname } from "./charts.ts";
import { serverSet } from "./rendered.ts";

/**
 * The same as the chart really gives it: what the StatefulSet is called that is there, or that helm would make of the values that a person passes
 * (fullnameOverride).
 */
export async function chartName(read: Readers, install: InstallSpec): Promise<string> {
  const { namespace, release: name, chart, valuesFiles, sets } = install;
  const byRule = vaultFullname(install);
  const live = await releaseSet(read.kube, { namespace, release: name });
  if (live !== undefined) return live.metadata.name;
  if (valuesFiles.length + sets.length === 0) return byRule;
  const manifest = await read.helm.render({ namespace, name, chart, values: {}, valuesFiles, sets, upgrade: false });
  return serverSet(objectsIn(manifest, namespace))?.metadata.name ?? byRule;
}
