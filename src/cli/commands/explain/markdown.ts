import { codesIn, type Titled } from "./sections.ts";

/** The page of the docs that holds the codes that begin as this one does. It is part of the bundle, and loaded when it is asked for. */
export const markdown = async (code: string): Promise<string> =>
  (code.startsWith("VD") ? await import("../../../../docs/causes.md") : await import("../../../../docs/errors.md")).default;

/** Every code, with its title. */
export const allCodes = async (): Promise<Titled[]> => [...codesIn(await markdown("VK")), ...codesIn(await markdown("VD"))];
