import { nearest } from "../../config/nearest.ts";
import type { StepId } from "../../config/step-id.ts";
import type { Spec } from "../../config/spec.ts";
import { failure, kinds } from "../../errors.ts";
import type { ExportInput } from "../../run/export/export.ts";
import type { ExportedFile } from "../../run/export/file.ts";
import { formats, shellFiles, type Format } from "../../run/export/format.ts";
import { exportedRelease, type ExportedRelease } from "../../run/export/releases.ts";
import { scriptOf } from "../../run/script/script-of.ts";
import { stepsFor } from "../../run/which-steps.ts";
import type { OpenOptions } from "../../run/world/open.ts";
import type { Content } from "../../systems/content.ts";
import type { Readers, Writers } from "../../systems/world.ts";
import { tlsSecretName } from "../../vault/tls/step.ts";

/** The format that --format names. @throws CliError VK1004 */
export function formatOf(format = "kustomize"): Format {
  const known = formats.find((each) => each === format);
  if (known !== undefined) return known;
  const meant = nearest(format, formats);
  throw failure(kinds.badValue, {
    what: `--format ${format} is not known`,
    why: meant === undefined ? undefined : `Did you mean ${meant}?`,
    fix: `It is one of ${formats.join(", ")}.`,
  });
}

/** What is exported of one cluster, and in which form. */
interface Exporting {
  readonly cluster: string;
  readonly spec: Spec;
  readonly steps: readonly StepId[];
  readonly format: Format;
  /** Where the folder lies in the repository, for Flux. */
  readonly repoPath: string;
}

/** All that an export of one cluster is made of. Reads only. */
export async function gather({ cluster, spec, steps, format, repoPath }: Exporting, options: OpenOptions): Promise<ExportInput> {
  const { openWorld } = await import("../../run/world/open.ts");
  const world = await openWorld(spec, options);
  try {
    const contents = await contentsOf(steps, spec, world);
    const releases = await Promise.all(contents.flatMap((content) => (content.kind === "release" ? [releaseOf(content, world)] : [])));
    const { context } = world.kube;
    const ca = { namespace: spec.vault.install.namespace, secret: tlsSecretName(spec.vault) };
    return { cluster, context, format, contents, releases, repoPath, scripts: await scriptsOf(contents, spec, world), ca };
  } finally {
    await world.close();
  }
}

async function contentsOf(ids: readonly StepId[], spec: Spec, world: Readers): Promise<Content[]> {
  const { steps } = await import("../../run/steps.ts");
  const resources = stepsFor(ids, spec).flatMap((id) => steps[id].resources(spec));
  const contents = await Promise.all(resources.map((resource) => resource.content?.(world)));
  return contents.filter((content) => content !== undefined);
}

/** What is made by a shell, since it holds secrets: before the charts are there, and after. */
async function scriptsOf(contents: readonly Content[], spec: Spec, world: Writers): Promise<ExportedFile[]> {
  const files: ExportedFile[] = [];
  for (const [when, file] of Object.entries(shellFiles)) {
    const commands = contents.flatMap((content) => (content.kind === "shell" && content.when === when ? [content.command] : []));
    if (commands.length === 0) continue;
    const made = scriptOf("tls", spec);
    await made.reach(world);
    files.push({ path: file, text: commands.map((command) => made.add(command)).join("") });
  }
  return files;
}

async function releaseOf(content: Extract<Content, { kind: "release" }>, { helm }: Readers): Promise<ExportedRelease> {
  return exportedRelease(content, await helm.values(content.release));
}

/** As Flux writes it: relative to the root of the repository. */
export function repoPathOf(said: string): string {
  return `./${said.replace(/^\.?\/+/, "").replace(/\/+$/, "")}`;
}
