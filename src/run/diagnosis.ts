import { collect } from "../doctor/facts/collect.ts";
import { fact, isKnown, valueOf } from "../core/fact.ts";
import { examine, type Findings } from "../doctor/examine.ts";
import type { Readers } from "../systems/world.ts";
import type { Spec } from "../config/spec.ts";
import { askedOf } from "../doctor/asked.ts";
import type { CommandLines } from "../consumers/diagnosis/cause.ts";

export interface DiagnoseOptions {
  readonly probePod?: boolean;
  readonly image?: string | undefined;
}

/** Collects the evidence and examines it. Nothing is changed. @param commandLines those that causes name */
export async function diagnose(
  commandLines: CommandLines,
  spec: Spec,
  read: Readers,
  { probePod = false, image }: DiagnoseOptions = {},
): Promise<Findings> {
  const [consumer] = spec.consumers;
  const what = { asked: askedOf(spec, consumer, read), host: spec.wiring.apiServer, release: spec.vault.install.release };
  return examine(await collect(read, what, { probePod, image }), commandLines);
}

/** What an error says of the cause, after a proof has failed. */
interface Explained {
  readonly why: string;
  /** Undefined where no cause was found. */
  readonly fix: string | undefined;
  /** The command that shows more. */
  readonly look: string;
}

/** Looks for the cause of a proof that failed. A look that fails itself leaves the failure as it is. */
export async function diagnosisFor(commandLines: CommandLines, spec: Spec, read: Readers): Promise<Explained> {
  const look = `More of it: ${commandLines.own("doctor")}`;
  const found = await fact(() => diagnose(commandLines, spec, read));
  const first = valueOf(found)?.causes.find(({ aside }) => aside !== true);
  if (first === undefined)
    return { why: isKnown(found) ? noCause(found.value) : `The cause cannot be looked for: ${found.unknown}`, fix: undefined, look };
  return {
    why: [`${inWords[first.sure]}${first.title} (${first.code})`, ...first.evidence].join("\n"),
    fix: [first.mend.command, ...(first.mend.note === undefined ? [] : [first.mend.note]), look].join("\n"),
    look,
  };
}

const noCause = ({ said }: Findings): string =>
  said === undefined ? "No cause was found." : `No cause was found; the operator says: ${said}`;

const inWords = { certain: "The cause: ", likely: "The likely cause: " } as const;
