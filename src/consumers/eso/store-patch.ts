import type { Plain } from "../../core/compare.ts";
import type { StoreChange } from "../consumer-objects.ts";

/** A merge patch of a store. A login as an account takes away a token that lies in a Secret, which External Secrets looks at second. */
export const storePatch = ({ server, path, version, mount, role, login, ca }: StoreChange): Plain => ({
  spec: {
    provider: {
      vault: {
        ...said({ server, path, version }),
        ...(ca !== undefined && { caBundle: Buffer.from(ca).toString("base64"), caProvider: null }),
        ...(hasAny({ mount, role, login }) && {
          auth: { kubernetes: { ...said({ mountPath: mount, role }), ...(login !== undefined && asAccount(login)) } },
        }),
      },
    },
  },
});

const asAccount = ({ name, namespace, audience }: NonNullable<StoreChange["login"]>) => ({
  serviceAccountRef: { ...said({ name, namespace }), ...(audience !== undefined && { audiences: [audience] }) },
  secretRef: null,
});

const hasAny = (fields: object): boolean => Object.values(fields).some((value) => value !== undefined);

/** The fields that say something. */
const said = (fields: Readonly<Record<string, string | undefined>>): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.entries(fields).filter((field): field is [string, string] => field[1] !== undefined));
