import type { ClusterEvent, Observer } from "../../run/observer.ts";

type Check = Extract<ClusterEvent, { type: "check" }>;

/** The checks of a run as JUnit XML, which CI systems show as tests. `failure` is what ended a run before its checks were all made. */
export interface JunitReport {
  readonly event: Observer;
  text(failure?: string): string;
}

/** @param suite the name of the suite */
export function junitReport(suite: string): JunitReport {
  const cases: { readonly check: Check; readonly seconds: number }[] = [];
  let since = Date.now();
  return {
    event: (event) => {
      if (event.type === "request" || event.type === "notice") return;
      if (event.type === "check") cases.push({ check: event, seconds: (Date.now() - since) / 1000 });
      since = Date.now();
    },
    text: (failure) => {
      const count = (kind: Check["finding"]["kind"]): number => cases.filter(({ check }) => check.finding.kind === kind).length;
      const lines = [...cases.map(({ check, seconds }) => testcase(check, seconds)), ...(failure === undefined ? [] : [ended(failure)])];
      const numbers = `tests="${lines.length}" failures="${count("fail")}" errors="${failure === undefined ? 0 : 1}" skipped="${count("missing") + count("unproven")}"`;
      return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites ${numbers}>\n  <testsuite name="${xml(suite)}" ${numbers}>\n${lines.join("\n")}\n  </testsuite>\n</testsuites>\n`;
    },
  };
}

function testcase({ step, title, finding }: Check, seconds: number): string {
  const open = `    <testcase classname="${xml(step)}" name="${xml(title)}" time="${seconds.toFixed(3)}"`;
  if (finding.kind === "pass") return `${open}/>`;
  const message = `message="${xml(finding.reason)}"`;
  const inner = finding.kind === "fail" ? `<failure ${message}>${xml(finding.fix)}</failure>` : `<skipped ${message}/>`;
  return `${open}>${inner}</testcase>`;
}

const ended = (failure: string): string =>
  `    <testcase classname="run" name="the run came to its end"><error message="${xml(failure)}"/></testcase>`;

const entities: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "\n": "&#10;", "\t": "&#9;" };

// XML 1.0 has no way to write most control characters, nor half of a surrogate pair: https://www.w3.org/TR/xml/#charsets
const xml = (text: string): string =>
  text
    .toWellFormed()
    .replace(/[^\t\n\u0020-\u{10ffff}]|[\ufffe\uffff\u007f-\u009f]/gu, "\ufffd")
    .replace(/[&<>"\n\t]/g, (character) => entities[character] ?? "");
