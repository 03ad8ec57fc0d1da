import type { Answer } from "../wire/exchange.ts";
import { asObject, asText } from "../wire/json.ts";
import { bad, done, logical } from "./answers.ts";
import type { Route, VaultRequest } from "./request.ts";

/** Folders that a Vault of the tests can write to. */
const writable = /^(stdout|\/tmp\/.+)$/;

export const auditRoutes: readonly Route<VaultRequest>[] = [
  {
    method: "GET",
    path: /^sys\/audit\/?$/,
    handle: ({ storage }) =>
      logical(Object.fromEntries([...storage.audit].map(([path, device]) => [path, { ...device, path, local: false }])), { repeat: true }),
  },
  { method: "POST", path: /^sys\/audit\/(.+?)\/?$/, handle: enable },
  { method: "DELETE", path: /^sys\/audit\/(.+?)\/?$/, handle: ({ storage }, [path = ""]) => (storage.audit.delete(`${path}/`), done) },
];

function enable({ storage, body, around }: VaultRequest, [path = ""]: readonly string[]): Answer {
  // In the words of OpenBao 2.6.2.
  if (!around.profile.auditByApi)
    return bad("cannot enable audit device via API; use declarative, config-based audit device management instead");
  const options = asObject(body["options"] ?? {});
  const file = asText(options["file_path"]);
  if (storage.audit.has(`${path}/`)) return bad("path already in use");
  if (!writable.test(file))
    return bad(`sanity check failed; unable to open "${file}" for writing: open ${file}: no such file or directory`);
  storage.audit.set(`${path}/`, { type: asText(body["type"]), description: asText(body["description"]), options });
  return done;
}
