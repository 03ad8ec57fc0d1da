import { afterAll, expect, it } from "vitest";
import { fleetListDocument } from "../../../../src/fleet/inventory/document.ts";
import type { LabState } from "../../api.ts";
import { vaultK8s } from "../product.ts";
import { describeStaging, forgetStaging } from "./inventory.ts";

/** Where clusters come from, read from a real API server. eks-prod holds the objects, eks-staging is what they describe. */
export function inventoryTests(lab: LabState): void {
  afterAll(() => forgetStaging(lab), 60_000);

  it("finds a cluster in Secrets of Argo CD and Cluster API and in a ClusterProfile; a bad one among them stops only itself", async () => {
    const { file, token } = await describeStaging(lab);
    const { exitCode, stdout, stderr } = await vaultK8s(lab, ["fleet", "list", "-f", file, "-o", "json"]);
    expect(stdout + stderr).not.toContain(token);
    const { clusters, refused, sources } = fleetListDocument.parse(JSON.parse(stdout));
    expect(clusters).toMatchObject([
      {
        name: "staging",
        called: "good",
        source: "argocd in eks-prod",
        also: ["clusterApi in eks-prod capi/good", "clusterProfiles in eks-prod inventory/good"],
      },
    ]);
    expect(refused.map(({ called, failure }) => `${called} ${failure.code}`).sort()).toEqual([
      "capi/path VK1701",
      "inventory/bad VK1705",
      "no-json VK1705",
      "program VK1703",
      "unchecked VK1702",
    ]);
    expect(sources.map(({ found, failure }) => [found, failure])).toEqual([
      [0, undefined],
      [4, undefined],
      [2, undefined],
      [2, undefined],
    ]);
    expect(exitCode).toBe(1);
  }, 60_000);
}
