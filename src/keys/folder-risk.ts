import { stat } from "node:fs/promises";

/** What others may do in a folder: `refused` where anybody could put other files in the place of ours, `warning` for what a person should know. */
export interface FolderRisk {
  readonly refused?: string;
  readonly warning?: string;
}

/** What is to be said of a folder in which keys would stand; nothing of one that is not there yet: it is made for its owner alone. */
export async function folderRisk(folder: string): Promise<FolderRisk> {
  const facts = await stat(folder).catch(() => undefined);
  if (facts === undefined) return {};
  const { mode, uid } = facts;
  const own = process.geteuid?.() ?? uid;
  const sticky = (mode & 0o1000) !== 0;
  if ((mode & 0o002) !== 0 && !sticky)
    return { refused: `Everybody may write in ${folder} (mode ${octal(mode)}), and so put other files in the place of the keys.` };
  if ((mode & 0o022) !== 0)
    return { warning: `others may write in ${folder} (mode ${octal(mode)}): they could put files there under the names of the keys` };
  return uid === own || uid === 0 ? {} : { warning: `${folder} belongs to another user, who may put other files in the place of the keys` };
}

const octal = (mode: number): string => (mode & 0o7777).toString(8).padStart(4, "0");
