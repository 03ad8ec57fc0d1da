import { withoutTokens } from "./redaction.ts";

/** The version of every document: docs/schemas. */
export const apiVersion = "vault-k8s.io/v1";

/**
 * A versioned document, ready to print. Control characters that JSON itself leaves alone are escaped, for terminals; what looks like a
 * secret is hidden, whoever put it there.
 */
export const document = (kind: string, content: object): string => printed(kind, content, 2);

/** The same on one line, for documents that follow each other. */
export const documentLine = (kind: string, content: object): string => printed(kind, content, 0);

const open = (_: string, value: unknown): unknown => (typeof value === "string" ? withoutTokens(value) : value);

function printed(kind: string, content: object, indent: number): string {
  const text = JSON.stringify({ apiVersion, kind, ...content }, open, indent);
  return `${text.replace(/[\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`)}\n`;
}
