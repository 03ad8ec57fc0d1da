/** How a lab is before a suite: empty, or eks-prod wired by this checkout's bootstrap, with the secret `demo` brought. */
export type Beginning = "empty" | "wired";

/** Tests in one lab: test/lab/suites/NAME.lab.test.ts. Each stands alone: the lab is put into its beginning before. */
export interface Suite {
  readonly name: string;
  readonly begins: Beginning;
  /** It leaves its beginning as it found it, so that another may go on there. */
  readonly keeps?: true;
}

/** All of them, those that take longest first. */
export const suites: readonly Suite[] = [
  { name: "faults", begins: "empty" },
  { name: "doctor", begins: "empty" },
  { name: "custody", begins: "empty" },
  { name: "nodes", begins: "wired" },
  { name: "main-job", begins: "empty" },
  { name: "tls-own", begins: "empty" },
  { name: "fleet", begins: "wired" },
  { name: "by-hand", begins: "wired" },
  { name: "plan", begins: "empty" },
  { name: "teardown", begins: "wired" },
  { name: "export", begins: "wired" },
  { name: "tls-from-http", begins: "empty" },
  { name: "tls-issuer", begins: "wired" },
  { name: "root", begins: "wired" },
  { name: "single-commands", begins: "wired" },
  { name: "install", begins: "empty" },
  { name: "operator-kes", begins: "empty" },
  { name: "tls-given", begins: "empty" },
  { name: "bad-input", begins: "wired" },
  { name: "wild", begins: "empty" },
  { name: "adopt-releases", begins: "empty" },
  { name: "teardown-others", begins: "wired" },
  { name: "leaks", begins: "wired", keeps: true },
  { name: "status", begins: "wired", keeps: true },
  { name: "inside", begins: "wired", keeps: true },
  { name: "adopt", begins: "wired", keeps: true },
  { name: "wizard", begins: "empty" },
  { name: "preflight", begins: "wired" },
  { name: "audit", begins: "empty" },
  { name: "as-kubectl", begins: "wired", keeps: true },
  { name: "impostor", begins: "wired" },
  { name: "same-as-real", begins: "wired" },
];
