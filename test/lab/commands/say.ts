export type Say = (line: string) => void;

/** Says lines on stderr, each with the seconds since the beginning. */
export function sayer(): Say {
  const began = Date.now();
  return (line) => {
    const seconds = Math.round((Date.now() - began) / 1000);
    console.error(`${String(seconds).padStart(4)} s  ${line}`);
  };
}
