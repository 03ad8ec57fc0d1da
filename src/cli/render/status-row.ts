/** How a row stands: well, worth a look, wrong, or waiting for something else. */
export type Mark = "ok" | "look" | "wrong" | "waiting";

/** One line of a status: what it is about, and what there is to say, in cells that stand below each other. */
export interface Row {
  readonly mark: Mark;
  readonly name: string;
  readonly cells: readonly string[];
  /** Only where there is room. */
  readonly wide: readonly string[];
  /** Its cells are not of the same kinds as those of its neighbours: they need not stand below each other. */
  readonly single?: boolean;
}

export interface Section {
  readonly title: string;
  readonly about: string;
  readonly rows: readonly Row[];
}

export const row = (mark: Mark, name: string, cells: readonly (string | undefined)[], wide: readonly (string | undefined)[] = []): Row => ({
  mark,
  name,
  cells: cells.map((cell) => cell ?? ""),
  wide: wide.map((cell) => cell ?? ""),
});

export const single = (...said: Parameters<typeof row>): Row => ({ ...row(...said), single: true });

export const count = (number: number, thing: string): string => `${number} ${thing}${number === 1 ? "" : "s"}`;

/** A certificate that expires within so many days is worth a look. */
export const soon = 30;
