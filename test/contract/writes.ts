/**
 * What counts as a write: a request that changes what is stored. Proofs do POST too (logins, token requests, reviews): they stand in this
 * list, once, and so does a dry run. Used by the contract tests and by those of the lab.
 */
const proofs: readonly RegExp[] = [
  /\/auth\/.+\/login$/,
  /\/sys\/capabilities-self$/,
  /\/auth\/token\/revoke-self$/,
  /\/serviceaccounts\/[^/]+\/token$/,
  /\/tokenreviews$/,
  /\/(self)?subject(access|rules)?reviews$/,
  /\/localsubjectaccessreviews$/,
  /\/pods\/[^/]+\/portforward$/,
];

const reads = new Set(["GET", "HEAD", "LIST", "OPTIONS", "WATCH"]);

/**
 * @param path With or without Vault's /v1/, and with the names of the query, e.g. "/api/v1/namespaces/x?fieldManager&dryRun".
 */
export function isWrite(method: string, path: string): boolean {
  const [plain = "", query = ""] = `/${path.replace(/^\/+/, "")}`.split("?");
  const dryRun = query.split("&").some((part) => part === "dryRun" || part === "dryRun=All");
  return !reads.has(method.toUpperCase()) && !dryRun && !proofs.some((proof) => proof.test(plain));
}
