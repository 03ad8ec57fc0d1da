import { collector, type SoFar } from "../../run/collect.ts";
import type { Renderer } from "../../run/observer.ts";
import type { Script } from "../../run/script/script.ts";

/** The version of every document: docs/schemas. */
export const apiVersion = "vault-k8s.io/v1";

/** Collects a run and writes it as one document when it ends. `soFar` is what an error document shows of it. */
export function jsonRenderer(command: string, out: (text: string) => void, script?: Script): Renderer & { soFar(): SoFar } {
  const { plan, run, ...collecting } = collector(command, script);
  return {
    ...collecting,
    makeWay: () => undefined,
    end: (summary) => out(summary.dryRun ? document("Plan", plan(summary)) : document("Run", run(summary))),
  };
}

/** A versioned document, ready to print. Control characters that JSON itself leaves alone are escaped, for terminals. */
export const document = (kind: string, content: object): string => printed(kind, content, 2);

/** The same on one line, for documents that follow each other. */
export const documentLine = (kind: string, content: object): string => printed(kind, content, 0);

function printed(kind: string, content: object, indent: number): string {
  const text = JSON.stringify({ apiVersion, kind, ...content }, undefined, indent);
  return `${text.replace(/[\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`)}\n`;
}
