import type { KubeObject } from "./world.ts";

/** A value of a Secret as text; undefined where it is missing or empty. */
export function secretText(secret: KubeObject | undefined, key: string): string | undefined {
  const data = (secret?.["data"] ?? {}) as Readonly<Record<string, string>>;
  return data[key] ? Buffer.from(data[key], "base64").toString("utf8") : undefined;
}

/** Values as a Secret holds them; those that are undefined are left out. */
export function secretData(values: Readonly<Record<string, string | undefined>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(values).flatMap(([key, value]) => (value === undefined ? [] : [[key, Buffer.from(value).toString("base64")]])),
  );
}
