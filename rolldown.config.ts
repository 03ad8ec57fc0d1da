import { defineConfig } from "rolldown";
import { bundleNotes } from "./scripts/bundle-notes.ts";

/** A chunk is called after the package that it holds, so that a stack trace and the startup test can name it. */
const packageOf = (file: string | undefined): string | undefined => /node_modules\/((?:@[^/]+\/)?[^/]+)\/(?!.*node_modules)/.exec(file ?? "")?.[1]?.replace("/", "-").replace("@", "");

// One file for each dynamic import, so that a command loads what it uses and nothing else.
export default defineConfig({
  input: { main: "src/main.ts" },
  platform: "node",
  plugins: [bundleNotes()],
  output: {
    dir: "dist",
    format: "esm",
    entryFileNames: "[name].js",
    chunkFileNames: ({ name, facadeModuleId, moduleIds }) => `${packageOf(facadeModuleId ?? moduleIds.at(-1)) ?? name}-[hash].js`,
    cleanDir: true,
    comments: { legal: true },
  },
});
