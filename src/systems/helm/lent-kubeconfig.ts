import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

/**
 * The one way in which a kubeconfig that is on no disk gets to helm: a file that only this user may read (0600 in a folder of 0700), there as
 * long as `work` takes.
 */
export async function withKubeconfig<T>(text: string, work: (file: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), "vault-k8s-kubeconfig-"));
  try {
    const file = join(folder, "config");
    await writeFile(file, text, { mode: 0o600, flag: "wx" });
    return await work(file);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
