/** Deeper than any answer of Vault or Kubernetes; what walks through values calls itself for each level. */
const deepest = 100;
/** More values than 32 MiB of useful answer hold. A byte of brackets costs thirty bytes of memory. */
const mostParts = 2_000_000;

/** JSON from somebody who is not trusted: undefined when it is not JSON, is nested too deeply, or has too many parts. */
export function boundedJson(text: string): unknown {
  if (!isBounded(text)) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const [quote, backslash, comma] = [34, 92, 44];
const opening = new Set([91, 123]);
const closing = new Set([93, 125]);

/** Looks at the brackets and commas outside of strings. */
function isBounded(text: string): boolean {
  let [depth, parts] = [0, 0];
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === quote) at = endOfString(text, at + 1);
    else if (opening.has(code)) depth += 1;
    else if (closing.has(code)) depth -= 1;
    if (opening.has(code) || code === comma) parts += 1;
    if (depth > deepest || parts > mostParts) return false;
  }
  return true;
}

function endOfString(text: string, from: number): number {
  for (let end = text.indexOf('"', from); end !== -1; end = text.indexOf('"', end + 1)) {
    let slashes = 0;
    while (text.charCodeAt(end - 1 - slashes) === backslash) slashes += 1;
    if (slashes % 2 === 0) return end;
  }
  return text.length;
}
