import { beforeAll, expect } from "vitest";
import { theLab, vaultK8s } from "./testing/product.ts";

// One lab, empty at the beginning; eks-prod is wired, and each suite leaves it so.
beforeAll(async () => {
  const { exitCode, stderr } = await vaultK8s(theLab(), ["bootstrap", "--cluster", "eks-prod"]);
  expect(exitCode, stderr).toBe(0);
});

import "./suites/impostor.ts";
import "./suites/nodes.ts";
