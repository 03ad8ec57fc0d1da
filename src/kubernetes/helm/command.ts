import type { Command } from "../../core/resource.ts";
import { withInput, word } from "../../core/shell.ts";
import { chartArgs } from "../../systems/chart.ts";
import { isSecretSet, parted } from "../../systems/chart-values.ts";
import { inputsHash, inputsLabel } from "./inputs.ts";
import { type ReleaseInputs } from "../../systems/world.ts";
import { owner, ownerLabel } from "../ownership.ts";
import { helmIn } from "../../systems/kubectl.ts";

/**
 * What installs the release. A --set of a secret becomes a file that the person is asked for. The hash of the inputs is left out where it
 * could tell a secret: then the next run of ours writes the release once more.
 */
export async function helmCommand(inputs: ReleaseInputs, context: string): Promise<Command> {
  const { name, namespace, chart, values, valuesFiles, sets } = inputs;
  const open = sets.filter((set) => !isSecretSet(set));
  const secret = sets
    .filter(isSecretSet)
    .map(parted)
    .map(({ key }, index) => ({ key, file: `"$work/${name}-${index}"` }));
  const hash = valuesFiles.length + secret.length === 0 ? `,${inputsLabel}=${await inputsHash(inputs)}` : "";
  const words = [
    "helm upgrade --install",
    word(name),
    ...chartArgs(chart).map(word),
    ...helmIn(context).map(word),
    "-n",
    word(namespace),
    "--create-namespace --reset-values",
    "-f -",
    ...valuesFiles.flatMap((file) => ["-f", word(file)]),
    ...open.flatMap((set) => ["--set", word(set)]),
    ...secret.flatMap(({ key, file }) => ["--set-file", `${word(key)}=${file}`]),
    "--labels",
    `${ownerLabel}=${owner}${hash}`,
  ];
  const lines = [
    ...secret.map(({ key, file }) => `ask ${word(key)} ${file}`),
    withInput(words.join(" "), JSON.stringify(values, undefined, 2), "JSON"),
  ];
  return { lines: lines.join("\n"), needs: secret.length === 0 ? [] : ["work", "ask"] };
}
