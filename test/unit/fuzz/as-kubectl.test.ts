import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { standing, type Standing } from "../../fakes/kubeconfig/standing.ts";
import { inputs } from "../systems/tables/kubeconfigs.ts";
import kubectl from "../systems/tables/kubectl.json" with { type: "json" };
import { asOurs } from "./as-ours.ts";

/** Where kubectl refuses a whole file for an entry that the context does not name, we use what it names. */
const named = ["another user twice", "a token that is a number, in another user"];
/** Where nothing says who one is, kubectl asks at the terminal; we go as nobody, and the API server says what nobody may. */
const nobodys = [
  "no credentials",
  "a user that is null",
  "a context without a user",
  'a context whose user is ""',
  "a token that is null",
  "capitals in keys",
  "a password without a name",
];
/** Where there is but one context, it is meant. */
const only = ["no current-context"];
const kinder = {
  ...Object.fromEntries([...named, ...only].map((name) => [name, "/version · Bearer abc"])),
  ...Object.fromEntries(nobodys.map((name) => [name, "/version"])),
};

let server: Standing;
beforeAll(async () => {
  server = await standing();
});
afterAll(() => server.close());

describe("a kubeconfig reaches the same server as the same person as with kubectl", () => {
  test.each(Object.entries({ ...kubectl, ...kinder }))("%s", async (name, right) => {
    const input = inputs(server.place)[name];
    expect(input).toBeDefined();
    expect(await asOurs(server, input!)).toBe(right);
  });
});
