import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Search } from "./canaries.ts";

const secret = "hvs.planted leak/+&-7f3a9c51e0d24b86";

function found(output: string | Buffer, except: readonly string[] = []): string | undefined {
  const search = new Search();
  search.lookFor([secret]);
  search.through("somewhere", output, except);
  return search.leaks[0]?.form;
}

describe("the search for leaks", () => {
  test.each([
    ["plain", secret],
    ["as JSON", JSON.stringify({ token: secret })],
    ["as JSON in JSON", JSON.stringify(JSON.stringify({ token: `"${secret}` }))],
    ["as Go writes JSON", `{"token":"${secret.replace("&", "\\u0026")}"}`],
    ["as Go writes JSON in JSON", JSON.stringify(`{"token":"${secret.replace("&", "\\u0026")}"}`)],
    ["URL-encoded in small letters", encodeURIComponent(secret).toLowerCase()],
    ["URL-encoded twice", encodeURIComponent(encodeURIComponent(secret))],
    ["base64 in lines", Buffer.from(`x: ${secret}`).toString("base64").replace(/.{20}/g, "$&\n")],
    ["base64 in lines, in JSON", JSON.stringify(Buffer.from(secret).toString("base64").replace(/.{20}/g, "$&\r\n"))],
    ["hex", Buffer.from(secret).toString("hex")],
    ["hex in capitals", Buffer.from(secret).toString("hex").toUpperCase()],
    ["URL-encoded", `https://x/?token=${encodeURIComponent(secret)}`],
    ["base64", Buffer.from(secret).toString("base64")],
    ["base64 in the middle of something", Buffer.from(`a:${secret};`).toString("base64")],
    ["base64 for URLs", Buffer.from(`x${secret}?`).toString("base64url")],
    ["a file of bytes", Buffer.concat([Buffer.from([0, 255]), Buffer.from(secret), Buffer.from([254])])],
  ])("finds one that was planted: %s", (_, output) => expect(found(output)).toBeDefined());

  test("finds one wherever it stands in base64", () => {
    fc.assert(
      fc.property(
        fc.string(),
        fc.string(),
        (before, after) => found(Buffer.from(before + secret + after).toString("base64")) !== undefined,
      ),
    );
  });

  test("finds nothing where nothing is, and lets pass what was promised", () => {
    expect(found("hvs.another and some base64: aHZzLmFub3RoZXI=")).toBeUndefined();
    expect(found(`the key file: ${secret}`, [secret])).toBeUndefined();
  });

  test("finds the claims of a token without its signature", () => {
    const search = new Search();
    search.lookFor(["eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJzeXN0ZW0ifQ.c2lnbmF0dXJlLW9mLXRva2Vu"]);
    search.through("a log", "claims eyJzdWIiOiJzeXN0ZW0ifQ");
    expect(search.leaks).toHaveLength(1);
  });

  test("counts what it did", () => {
    const search = new Search();
    search.lookFor([secret, secret, "short"]);
    search.through("one", "");
    search.through("two", secret);
    expect(search.summary()).toBe("searched 2 outputs for 1 canaries (in plain, JSON, base64, hex and URL-encoded form): 1 found");
  });
});
