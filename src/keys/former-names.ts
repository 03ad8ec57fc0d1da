import path from "node:path";

/** What earlier versions called the files beside a key file: without its extension, and beside init.json without any of its name. */
export interface FormerNames {
  readonly origin: string;
  readonly token: string;
  readonly underWay: string;
  readonly spool: string;
  /** The share of a holder, and other documents of a sink. */
  readonly document: (name: string) => string;
}

export function formerNames(file: string): FormerNames {
  const { dir, name: stem } = path.parse(path.resolve(file));
  const beside = (name: string): string => path.join(dir, stem === "init" ? name : `${stem}-${name}`);
  return {
    origin: beside("origin.json"),
    token: beside("token.json"),
    underWay: path.join(dir, `${stem}-under-way.json`),
    spool: path.join(dir, `${stem}-answer.json`),
    document: beside,
  };
}
