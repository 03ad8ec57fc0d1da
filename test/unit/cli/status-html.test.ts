import { parse, defaultTreeAdapter as tree, type DefaultTreeAdapterMap } from "parse5";
import { describe, expect, it } from "vitest";
import type { ClusterStatus } from "../../../src/run/status/schema.ts";
import { statusHtml } from "../../../src/cli/render/status-html.ts";

type Element = DefaultTreeAdapterMap["element"];
const at = new Date("2026-11-24T12:00:00Z");
const bare: ClusterStatus = { ok: true, nodes: [], logins: [], stores: [], secrets: [], steps: [], unknown: [] };

/** Every element of the page. */
function elements(html: string): Element[] {
  const found: Element[] = [];
  const walk = (node: DefaultTreeAdapterMap["parentNode"]): void => {
    for (const child of node.childNodes)
      if (tree.isElementNode(child)) {
        found.push(child);
        walk(child);
      }
  };
  walk(parse(html));
  return found;
}

const textOf = (element: Element): string =>
  element.childNodes.map((child) => (tree.isTextNode(child) ? child.value : tree.isElementNode(child) ? textOf(child) : "")).join("");
const attribute = (element: Element, name: string): string | undefined => element.attrs.find((one) => one.name === name)?.value;

describe("the page of a status", () => {
  const evil = `<script>alert(1)</script>"' onload=alert(2) & </style></title><img src=x onerror=alert(3)>`;
  const hostile: ClusterStatus = {
    ...bare,
    ok: false,
    cluster: evil,
    context: evil,
    server: evil,
    vault: evil,
    nodes: [
      { name: evil, state: "active", version: evil, detail: evil, certificate: { subject: evil, issuer: evil, notAfter: "", daysLeft: 3 } },
    ],
    logins: [
      {
        mount: evil,
        found: true,
        ownedBy: "nobody",
        config: { host: evil, issuer: evil, checksIssuer: true, usesOwnPodToken: true },
        roles: [
          { name: evil, serviceAccounts: [evil], namespaces: [evil], audience: evil, policies: [evil], ttlSeconds: 1, maxTtlSeconds: 2 },
        ],
      },
    ],
    stores: [{ kind: evil, namespace: evil, name: evil, ready: false, reason: evil, message: evil }],
    secrets: [{ namespace: evil, name: evil, ready: false, reason: evil, message: evil, store: evil }],
    steps: [{ id: evil, title: evil, state: "failed", detail: evil }],
    unknown: [{ what: [evil], why: evil, code: evil }],
    failure: { code: evil, what: evil, why: evil, fix: evil },
  };
  const page = elements(statusHtml([hostile, { ...bare, cluster: "eks-staging" }], { at, version: "1.0.0" }));

  it("says hostile words as words", () => {
    const names = new Set(page.map(({ tagName }) => tagName));
    for (const none of ["script", "img", "iframe", "link", "object", "embed", "base", "form", "svg"]) expect(names).not.toContain(none);
    const attributes = new Set(page.flatMap(({ attrs }) => attrs.map(({ name }) => name)));
    expect([...attributes].filter((name) => name.startsWith("on") || ["src", "href", "style", "srcset"].includes(name))).toEqual([]);
    expect(page.filter(({ tagName }) => tagName === "style")).toHaveLength(1);
    expect(page.filter(({ tagName }) => tagName === "h2").map(textOf)[0]).toContain(`Cluster ${evil}`);
    expect(page.filter(({ tagName }) => tagName === "th").map(textOf)).toContain(evil);
  });

  it("loads nothing, and says so to the browser", () => {
    const policy = page.find((one) => attribute(one, "http-equiv") === "Content-Security-Policy");
    expect(policy && attribute(policy, "content")).toBe("default-src 'none'; style-src 'unsafe-inline'");
    const style = textOf(page.find(({ tagName }) => tagName === "style")!);
    expect(style).not.toMatch(/@import|url\(|https?:/);
    expect(style).toContain("prefers-color-scheme:dark");
  });

  it("has an article for each cluster, a row for each thing, and signs with words for those who hear it", () => {
    expect(page.filter(({ tagName }) => tagName === "article")).toHaveLength(2);
    const rows = page.filter(({ tagName }) => tagName === "tr");
    expect(rows.length).toBeGreaterThan(6);
    for (const mark of page.filter((one) => (attribute(one, "class") ?? "").startsWith("mark ")))
      expect(
        mark.childNodes
          .filter(tree.isElementNode)
          .map((one) => attribute(one, "aria-label"))
          .join(""),
      ).toMatch(/well|wrong|look|known/);
    expect(attribute(page[0]!, "lang")).toBe("en");
    expect(page.filter(({ tagName }) => tagName === "title").map(textOf)).toEqual(["vault-k8s status: 1 of 2 not well"]);
  });
});
