import type { RootRecord, Writers } from "../../../systems/world.ts";

const none: RootRecord = { tokens: [] };

/** Changes what custody knows of root generations. Throws VK1502. */
export async function record(write: Writers, change: (before: RootRecord) => RootRecord): Promise<void> {
  const before = (await write.keys.rootRecord()) ?? none;
  const after = change(before);
  await write.keys.keepRootRecord(after);
}
