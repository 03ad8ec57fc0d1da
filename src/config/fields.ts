import type { SettingsOf } from "./field.ts";
import { place } from "./fields/place.ts";
import { install } from "./fields/install.ts";
import { tls } from "./fields/tls.ts";
import { custody } from "./fields/custody.ts";
import { root } from "./fields/root.ts";
import { audit } from "./fields/audit.ts";
import { operator } from "./fields/operator.ts";
import { reviewer } from "./fields/reviewer.ts";
import { wiring } from "./fields/wiring.ts";
import { store } from "./fields/store.ts";
import { run } from "./fields/run.ts";

/** Every setting, once. The help, the configuration file, docs/settings.md and the defaults are all made from this table. */
export const fields = {
  ...place,
  ...install,
  ...tls,
  ...custody,
  ...root,
  ...audit,
  ...operator,
  ...reviewer,
  ...wiring,
  ...store,
  ...run,
} as const;

export type FieldName = keyof typeof fields;

/** All settings with their values; `cluster` is checked by the commands that need it. */
export type Settings = SettingsOf<typeof fields>;
