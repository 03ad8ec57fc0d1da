/** Where a secret was found that may not stand there. */
export interface Leak {
  readonly where: string;
  /** How it stood there: plain, JSON, base64, hex, URL-encoded. */
  readonly form: string;
  /** Which secret, without the secret: its number among the canaries. */
  readonly canary: number;
}

interface Needle {
  readonly form: string;
  readonly text: string;
  /** Lines of it may be anywhere. */
  readonly wraps?: boolean;
}

/** Shorter texts are found by chance. */
const shortest = 9;

/** Looks for secrets in all that a program left behind, in every form that a text takes on its way. */
export class Search {
  readonly leaks: Leak[] = [];
  outputs = 0;
  readonly #needles = new Map<string, readonly Needle[]>();

  /** Adds secrets; those that are known already count once. */
  lookFor(secrets: readonly string[]): void {
    for (const secret of secrets) if (secret.length >= shortest && !this.#needles.has(secret)) this.#needles.set(secret, forms(secret));
  }

  get canaries(): number {
    return this.#needles.size;
  }

  /** Looks through one output: text, or the bytes of a file. `except` may stand there: it was promised. */
  through(where: string, output: string | Buffer, except: readonly string[] = []): void {
    this.outputs += 1;
    const text = typeof output === "string" ? output : output.toString("latin1");
    // Encoders wrap what they write, and JSON writes the ends of those lines as two characters.
    const unwrapped = text.replace(/\s+|\\+[nr]/g, "");
    const allowed = new Set(except);
    for (const [canary, [secret, needles]] of [...this.#needles].entries()) {
      const found = allowed.has(secret)
        ? undefined
        : needles.find((needle) => text.includes(needle.text) || (needle.wraps && unwrapped.includes(needle.text)));
      if (found !== undefined) this.leaks.push({ where, form: found.form, canary });
    }
  }

  /** The line that tells what was done. */
  summary(): string {
    return `searched ${this.outputs} outputs for ${this.canaries} canaries (in plain, JSON, base64, hex and URL-encoded form): ${this.leaks.length} found`;
  }
}

function forms(secret: string): Needle[] {
  const bytes = Buffer.from(secret, "utf8");
  const encoded = encodeURIComponent(secret);
  const all: Needle[] = [
    { form: "plain", text: bytes.toString("latin1") },
    { form: "as JSON", text: json(secret) },
    { form: "as JSON in JSON", text: json(json(secret)) },
    { form: "as Go's JSON", text: goJson(secret) },
    { form: "as Go's JSON in JSON", text: json(goJson(secret)) },
    { form: "hex", text: bytes.toString("hex"), wraps: true },
    { form: "hex", text: bytes.toString("hex").toUpperCase(), wraps: true },
    { form: "URL-encoded", text: encoded },
    { form: "URL-encoded", text: encoded.replace(/%[\dA-F]{2}/g, (byte) => byte.toLowerCase()) },
    { form: "URL-encoded twice", text: encodeURIComponent(encoded) },
    ...[0, 1, 2].flatMap((shift) => base64(bytes, shift)),
    ...parts(secret).map((text) => ({ form: "a part", text })),
  ];
  return all.filter(({ text }) => text.length >= shortest);
}

const json = (text: string): string => JSON.stringify(text).slice(1, -1);

/** Go escapes what could end a script in a page: https://pkg.go.dev/encoding/json#HTMLEscape */
const goJson = (text: string): string => json(text).replace(/[<>&]/g, (character) => `\\u00${character.charCodeAt(0).toString(16)}`);

/** How a secret looks within longer base64: where it begins decides; the characters at its edges depend on what stands around it. */
function base64(bytes: Buffer, shift: number): Needle[] {
  const text = Buffer.concat([Buffer.alloc(shift), bytes])
    .toString("base64")
    .replaceAll("=", "");
  const from = shift === 0 ? 0 : 4;
  const inner = text.slice(from, text.length - ((bytes.length + shift) % 3 === 0 ? 0 : 1));
  return [inner, inner.replaceAll("+", "-").replaceAll("/", "_")].map((each) => ({ form: "base64", text: each, wraps: true }));
}

/** Half of a JSON web token is enough to know it by; its first part is the same for all. */
const parts = (secret: string): string[] => (/^eyJ[^.]*\.[^.]*\.[^.]*$/.test(secret) ? secret.split(".").slice(1) : []);
