import { XMLParser, XMLValidator } from "fast-xml-parser";
import { expect, test } from "vitest";
import { fail, missing, pass, type Finding } from "../../../src/core/check.ts";
import { junitReport } from "../../../src/cli/render/junit.ts";

const odd = 'a "quoted" <tag> & an \u001b[31mescape, \u0000, half a \ud800 pair,\nnew line, ]]>';

function parsed(findings: readonly Finding[], failure?: string): { testsuite: { testcase: object[] } } & Record<string, unknown> {
  const report = junitReport(`suite ${odd}`);
  for (const [index, finding] of findings.entries())
    report.event({ cluster: "c", type: "check", step: "verify", id: `${index}`, title: `check ${index} ${odd}`, finding });
  const text = report.text(failure);
  expect(XMLValidator.validate(text)).toBe(true);
  const parser = new XMLParser({ ignoreAttributes: false, attributeNamePrefix: "", processEntities: true });
  return (parser.parse(text) as { testsuites: ReturnType<typeof parsed> }).testsuites;
}

test("passes, failures and what is missing are counted, and odd words are valid XML", () => {
  const suites = parsed([pass(), fail(odd, odd), missing(odd, "x")]);
  expect(suites).toMatchObject({ tests: "3", failures: "1", errors: "0", skipped: "1" });
  expect(suites.testsuite.testcase[1]).toMatchObject({
    classname: "verify",
    failure: { message: expect.stringContaining("<tag>") as string },
  });
  expect(JSON.stringify(suites)).not.toMatch(/\\u001b|\\u0000/);
});

test("what ended a run early is an error of its own", () => {
  expect(parsed([pass()], "Vault does not answer")).toMatchObject({ tests: "2", errors: "1" });
});
