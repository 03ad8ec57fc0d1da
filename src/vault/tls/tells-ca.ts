import { secretText } from "../../systems/secret-data.ts";
import type { Readers } from "../../systems/world.ts";

/** Whether the Secret tells its own CA, so that the pods can be told to trust it; undefined where there is no Secret. */
export async function tellsCa(read: Readers, namespace: string, name: string): Promise<boolean | undefined> {
  const secret = await read.kube.get({ apiVersion: "v1", kind: "Secret", namespace, name });
  return secret === undefined ? undefined : secretText(secret, "ca.crt") !== undefined;
}
