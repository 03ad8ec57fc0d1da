import { beforeAll, expect } from "vitest";
import { kubectl, theLab, vaultK8s } from "./testing/product.ts";

// One lab; eks-prod is wired, and each suite but the last leaves it so.
beforeAll(async () => {
  const { exitCode, stderr } = await vaultK8s(theLab(), ["bootstrap", "--cluster", "eks-prod"]);
  expect(exitCode, stderr).toBe(0);
  // An operator that looks for a secret asks every pod that has the labels of the active Vault, by TLS.
  await kubectl(theLab(), "eks-prod", ["delete", "externalsecrets", "--all", "-n", "default"]);
});

import "./suites/impostor.ts";
import "./suites/nodes.ts";
import "./suites/teardown-others.ts";
