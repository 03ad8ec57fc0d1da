import { describe, expect, it } from "vitest";
import { imageShortages } from "../../../../src/run/preflight/images.ts";
import { violations } from "../../../../src/run/preflight/pod-standards.ts";

const pod = { runAsNonRoot: true, runAsUser: 100, seccompProfile: { type: "RuntimeDefault" } };
const container = { allowPrivilegeEscalation: false, capabilities: { drop: ["ALL"] } };
const spec = (own: object = {}, security: object = container, more: object = {}) => ({
  securityContext: pod,
  containers: [{ name: "vault", securityContext: security, ...own }],
  ...more,
});

describe("Pod Security", () => {
  it("restricted takes a pod that gives all that it asks for", () => {
    expect(violations(spec(), "restricted")).toEqual([]);
  });

  it("restricted names what the chart's own contexts lack, as the API server does", () => {
    const chart = {
      securityContext: { runAsNonRoot: true, runAsUser: 100, fsGroup: 1000 },
      containers: [{ name: "vault", securityContext: { allowPrivilegeEscalation: false } }],
    };
    expect(violations(chart, "restricted")).toEqual([
      'unrestricted capabilities (container "vault" must set securityContext.capabilities.drop=["ALL"])',
      'seccompProfile (container "vault" must set securityContext.seccompProfile.type to "RuntimeDefault" or "Localhost")',
    ]);
    expect(violations(chart, "baseline")).toEqual([]);
  });

  it.each<[string, object, RegExp | undefined, RegExp]>([
    ["a privileged container", spec({}, { ...container, privileged: true }), /^privileged/, /privileged/],
    [
      "IPC_LOCK",
      spec({}, { ...container, capabilities: { drop: ["ALL"], add: ["IPC_LOCK"] } }),
      /^non-default capabilities/,
      /capabilities/,
    ],
    [
      "NET_BIND_SERVICE and CHOWN",
      spec({}, { ...container, capabilities: { drop: ["ALL"], add: ["CHOWN"] } }),
      undefined,
      /^unrestricted capabilities/,
    ],
    [
      "a hostPath volume",
      spec({}, container, { volumes: [{ name: "logs", hostPath: { path: "/" } }] }),
      /^hostPath volumes \(volume "logs"\)/,
      /hostPath/,
    ],
    [
      "an nfs volume",
      spec({}, container, { volumes: [{ name: "n", nfs: {} }] }),
      undefined,
      /^restricted volume types \(volume "n" uses nfs\)/,
    ],
    ["the host's network", spec({}, container, { hostNetwork: true }), /^host namespaces \(hostNetwork=true\)/, /host namespaces/],
    ["a host port", spec({ ports: [{ containerPort: 8200, hostPort: 8200 }] }), /^hostPort/, /hostPort/],
    ["root", spec({}, { ...container, runAsUser: 0 }), undefined, /^runAsUser=0/],
    ["a user that may be root", spec({}, { ...container, runAsNonRoot: false }), undefined, /^runAsNonRoot != true/],
    ["an init container without a context", spec({}, container, { initContainers: [{ name: "seed" }] }), undefined, /container "seed"/],
    [
      "no profile at all",
      { ...spec(), securityContext: { ...pod, seccompProfile: { type: "Unconfined" } } },
      /^seccompProfile/,
      /seccompProfile/,
    ],
  ])("%s", (_, given, baseline, restricted) => {
    const found = violations(given, "baseline");
    if (baseline === undefined) expect(found).toEqual([]);
    else expect(found).toEqual([expect.stringMatching(baseline)]);
    expect(violations(given, "restricted").join("\n")).toMatch(restricted);
  });
});

describe("images that do not start under the chart's security context", () => {
  const shortages = (image: string, security: object = {}, user: object = { runAsUser: 100 }) =>
    imageShortages({
      system: "room",
      cluster: "wired",
      namespace: "vault",
      of: "release vault",
      pods: 1,
      claims: [],
      unsaid: [],
      templates: [
        { of: "StatefulSet vault", spec: { securityContext: user, containers: [{ name: "vault", image, securityContext: security }] } },
      ],
    });

  it.each([
    ["hashicorp/vault:1.21.6", "1.21.7"],
    ["registry.test:5000/mirror/vault:1.20.11@sha256:0", "1.20.12"],
    ["hashicorp/vault-enterprise:1.19.17-ent", "1.19.18-ent"],
    ["vault:2.0.1", "2.0.2"],
  ])("%s: %s does", (image, next) => {
    expect(shortages(image)).toEqual([
      { what: expect.stringContaining("IPC_LOCK") as string, fix: expect.stringContaining(`--image-tag ${next},`) as string },
    ]);
  });

  it.each([
    "hashicorp/vault:1.21.7",
    "hashicorp/vault:1.21.60",
    "hashicorp/vault:2.0.10",
    "quay.io/openbao/openbao:2.0.1",
    "team/app-vault:2.0.1",
    "hashicorp/vault",
  ])("nothing is said of %s", (image) => expect(shortages(image)).toEqual([]));

  it("nor where its container may lock memory", () => {
    expect(shortages("hashicorp/vault:1.21.6", { capabilities: { add: ["IPC_LOCK"] } })).toEqual([]);
    expect(shortages("hashicorp/vault:1.21.6", {}, { runAsUser: 0 })).toEqual([]);
  });
});
