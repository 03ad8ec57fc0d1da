import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { standing, type Standing } from "../../fakes/kubeconfig/standing.ts";
import { generated, ofTable } from "../systems/tables/generated.ts";
import kubectl from "../systems/tables/kubectl-generated.json" with { type: "json" };
import { asOurs } from "./as-ours.ts";

let server: Standing;
beforeAll(async () => {
  server = await standing();
});
afterAll(() => server.close());

describe("a kubeconfig that was put together by chance", () => {
  test.each(Object.entries(kubectl))("%s", async (name, right) => {
    const input = generated(server.place, ofTable)[name];
    expect(input).toBeDefined();
    expect(await asOurs(server, input!)).toBe(right);
  });
});
