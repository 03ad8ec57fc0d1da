import { failure, kinds } from "../../errors.ts";

/**
 * A path of the API as it is sent. Vault refuses paths with empty, "." or ".." segments (1.19.16, 1.20.10, 1.21.5, 2.0); a query
 * such as ?list=true stays as it is.
 * @throws CliError VK1004 for "." and ".." segments.
 */
export function encodedPath(path: string): string {
  const [plain = "", query] = splitQuery(path);
  const segments = plain.split("/").filter((segment) => segment !== "");
  if (segments.some((segment) => segment === "." || segment === "..")) {
    throw failure(kinds.badValue, {
      what: `"${plain}" cannot be a path in Vault`,
      why: "Vault refuses . and .. in paths.",
      fix: "Write the path out.",
    });
  }
  const encoded = segments.map((segment) => encodeURIComponent(segment).replace(/%(2B|3A|40|24|2C|3B|3D)/g, decodeURIComponent)).join("/");
  return query === undefined ? encoded : `${encoded}?${query}`;
}

function splitQuery(path: string): string[] {
  const at = path.search(/\?(list|help|version)=/);
  return at < 0 ? [path] : [path.slice(0, at), path.slice(at + 1)];
}

/** An address with a path of the API behind it, whether or not the address ends in a slash. */
export const apiUrl = (address: string, path: string): string => `${address.replace(/\/+$/, "")}/v1/${path}`;
