import type { HelmWriter } from "../world.ts";
import { sameWords, type Ask, type Asked, type Kept } from "./kept.ts";

/** helm, asked once: what is installed, and what a request would install. Whether a helm is still at work is asked each time. */
export function keptHelm(client: Asked<HelmWriter>, kept: Kept): Asked<HelmWriter> {
  return { once: helm(client.once, kept, kept.ask), anew: helm(client.anew, kept, kept.anew) };
}

const helm = (client: HelmWriter, { write }: Kept, ask: Ask): HelmWriter => ({
  version: () => client.version(),
  release: (namespace, name) => ask(`helm release ${sameWords([namespace, name])}`, () => client.release(namespace, name)),
  manifest: (namespace, name) => ask(`helm manifest ${sameWords([namespace, name])}`, () => client.manifest(namespace, name)),
  hooks: (namespace, name) => ask(`helm hooks ${sameWords([namespace, name])}`, () => client.hooks(namespace, name)),
  values: (request) => ask(`helm values ${sameWords(request)}`, () => client.values(request)),
  render: (request) => ask(`helm render ${sameWords(request)}`, () => client.render(request)),
  isCutOff: (release) => client.isCutOff(release),
  install: (request) => write(() => client.install(request)),
  uninstall: (namespace, name) => write(() => client.uninstall(namespace, name)),
});
