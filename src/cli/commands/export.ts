import path from "node:path";
import type { Readers, Writers } from "../../systems/world.ts";
import { exitCodes } from "../../core/errors.ts";
import type { Spec } from "../../config/spec.ts";
import { nearest } from "../../config/nearest.ts";
import { failure, kinds } from "../../errors.ts";
import { exportedFiles, type ExportInput } from "../../run/export/export.ts";
import { formats, shellFiles, type Format } from "../../run/export/format.ts";
import type { ExportedFile } from "../../run/export/file.ts";
import { exportedRelease, type ExportedRelease } from "../../run/export/releases.ts";
import type { Content } from "../../systems/content.ts";
import { tlsSecretName } from "../../vault/tls/step.ts";
import { document } from "../../systems/document.ts";
import type { Call, CallWith, Run } from "./command.ts";
import type { exportOptions } from "./own-options.ts";
import { writeExport } from "../../run/export/write.ts";
import { prepareForCluster, type ForCluster } from "./prepare.ts";
import { scriptOf } from "../../run/script/script-of.ts";
import { stepsFor } from "../../run/which-steps.ts";
import { worldOptions } from "./world-options.ts";

type ExportCall = CallWith<typeof exportOptions>;

/** Writes what bootstrap would make as files, for those who keep such things in Git. */
export const run: Run<typeof exportOptions> = async (call) => {
  const format = formatOf(call);
  const prepared = await prepareForCluster(call);
  const input = await gather(call, prepared, format);
  const files = exportedFiles(input);
  await write(call, prepared, input, files);
  return exitCodes.done;
};

function formatOf({ options: { format = "kustomize" } }: ExportCall): Format {
  const known = formats.find((each) => each === format);
  if (known !== undefined) return known;
  const meant = nearest(format, formats);
  throw failure(kinds.badValue, {
    what: `--format ${format} is not known`,
    why: meant === undefined ? undefined : `Did you mean ${meant}?`,
    fix: `It is one of ${formats.join(", ")}.`,
  });
}

async function gather(call: ExportCall, prepared: ForCluster, format: Format): Promise<ExportInput> {
  const { spec, cluster } = prepared;
  const { openWorld } = await import("../../run/world/open.ts");
  const world = await openWorld(spec, worldOptions(call, prepared));
  try {
    const contents = await contentsOf(call, spec, world);
    const releases = await Promise.all(contents.flatMap((content) => (content.kind === "release" ? [releaseOf(content, world)] : [])));
    const { context } = world.kube;
    const ca = { namespace: spec.vault.install.namespace, secret: tlsSecretName(spec.vault) };
    return {
      cluster,
      context,
      format,
      contents,
      releases,
      repoPath: repoPath(call),
      scripts: await scriptsOf(contents, spec, world),
      ca,
    };
  } finally {
    await world.close();
  }
}

async function contentsOf({ command }: Call, spec: Spec, world: Readers): Promise<Content[]> {
  const { steps } = await import("../../run/steps.ts");
  const resources = stepsFor(command.steps, spec).flatMap((id) => steps[id].resources(spec));
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
function repoPath({ options: { out = ".", repoPath: said = out } }: ExportCall): string {
  return `./${said.replace(/^\.?\/+/, "").replace(/\/+$/, "")}`;
}

async function write(
  { options: { out }, host }: ExportCall,
  { spec, terminal }: ForCluster,
  input: ExportInput,
  files: readonly ExportedFile[],
): Promise<void> {
  const { cluster, format, releases } = input;
  if (out !== undefined) {
    const folder = path.resolve(host.cwd, out);
    await writeExport(folder, files);
    if (!spec.run.quiet) terminal.err(`${files.length} files in ${folder}; README.md says how they are applied.\n`);
  }
  if (spec.run.output === "json")
    return terminal.out(
      document("Export", {
        cluster,
        format,
        files: files.map(({ path: file, text }) => ({ path: file, text })),
        leftOut: Object.fromEntries(releases.map(({ name, leftOut }) => [name, leftOut])),
      }),
    );
  if (out !== undefined) return;
  terminal.out(
    files
      .filter(({ manifest }) => manifest === true)
      .map(({ text }) => `---\n${text}`)
      .join(""),
  );
  if (!spec.run.quiet)
    terminal.err("Only the manifests stand here. Vault's side, the values of Helm and a README are written with --out DIR.\n");
}
