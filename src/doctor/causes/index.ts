import type { Cause } from "../../consumers/diagnosis/cause.ts";
import { apiServer } from "./api-server.ts";
import { calledSynced } from "./called-synced.ts";
import { keptToken } from "./kept-token.ts";
import { mount } from "./mount.ts";
import { operator } from "./operator.ts";
import { policy } from "./policy.ts";
import { reviewer } from "./reviewer.ts";
import { role } from "./role.ts";
import { store } from "./store.ts";
import { sync } from "./sync.ts";
import { toldByOperator } from "./told.ts";
import { token } from "./token.ts";
import { vaultPods } from "./vault-pods.ts";
import { vaultServer } from "./vault-server.ts";

/** Every cause, in the order in which a login and a sync go: what fails first hides what comes behind. Last comes what keeps nobody from either. */
export const causes: readonly Cause[] = [
  ...vaultServer,
  ...mount,
  ...apiServer,
  ...reviewer,
  ...token,
  ...role,
  ...policy,
  ...store,
  ...toldByOperator,
  ...sync,
  ...operator,
  ...calledSynced,
  ...vaultPods,
  ...keptToken,
];
