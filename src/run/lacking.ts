import type { Spec } from "../config/spec.ts";
import type { Finding } from "../core/check.ts";
import type { Notice } from "../core/step.ts";
import type { Readers } from "../systems/world.ts";

/** What a person has yet to provide. Where Vault's UI is, stands below each secret that nobody has written yet. */
export async function lackingNotices(spec: Spec, world: Readers, findings: readonly Finding[]): Promise<Notice[]> {
  const lacking = findings.filter((finding) => finding.kind === "missing");
  if (lacking.length === 0) return [];
  const { uiLines } = await import("./next-lines.ts");
  const ui = lacking.some(({ secret }) => secret === true) ? await uiLines(spec, world) : [];
  return lacking.map(({ reason, fix, secret }) => ({ reason, fix: [fix, ...(secret === true ? ui : [])].join("\n") }));
}
