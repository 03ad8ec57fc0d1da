import { defineConfig, type Plugin } from "rolldown";
import { bundleNotes } from "./scripts/bundle-notes.ts";
import { smallLibraries } from "./scripts/small-libraries.ts";

/** A chunk is called after the package that it holds, so that a stack trace and the startup test can name it. */
const packageOf = (file: string | undefined): string | undefined =>
  /node_modules\/((?:@[^/]+\/)?[^/]+)\/(?!.*node_modules)/
    .exec(file ?? "")?.[1]
    ?.replace("/", "-")
    .replace("@", "");

/** What every command line needs, in one file: each file more costs time. */
const start =
  /node_modules\/commander\/|src\/(errors|cli\/(main|program|options|help)|core\/version)\.ts|src\/core\/errors\.ts|src\/config\/(fields|keys|rules)\.ts|src\/cli\/commands\/table\.ts|^(?!.*node_modules).*\/package\.json$/;

/** commander starts programs of their own for subcommands, which we have none of; loading child_process for it takes time. */
const withoutChildProcess: Plugin = {
  name: "without-child-process",
  resolveId: (id, importer) => (id === "node:child_process" && /node_modules\/commander\//.test(importer ?? "") ? "\0none" : undefined),
  load: (id) => (id === "\0none" ? "export default {};" : undefined),
};

// One file for each dynamic import, so that a command loads what it uses and nothing else. CommonJS, since Node starts it faster:
// importing a built-in module from ESM copies all of it.
export default defineConfig({
  input: { main: "src/cli/main.ts" },
  platform: "node",
  // Pages of the docs that `explain` prints.
  moduleTypes: { ".md": "text" },
  plugins: [withoutChildProcess, smallLibraries(), bundleNotes()],
  output: {
    dir: "dist",
    format: "cjs",
    entryFileNames: "[name].cjs",
    chunkFileNames: ({ name, facadeModuleId, moduleIds }) =>
      `${(name === "start" ? name : (packageOf(facadeModuleId ?? moduleIds.at(-1)) ?? name)).replace(/^_/, "")}-[hash].cjs`,
    codeSplitting: { groups: [{ name: "start", test: start }] },
    cleanDir: true,
    // Beside the files, which do not name them: they are not in the package, and read where a stack trace is looked into.
    sourcemap: "hidden",
    comments: { legal: true },
  },
});
