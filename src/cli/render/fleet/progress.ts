import type { ClusterRecord } from "../../../fleet/report/schema.ts";

/** Between two lines on a terminal, in milliseconds: nobody reads faster, and a slow connection bears it. */
const pauseMs = 100;

/** How far a fleet is, in one line. @param often Written over: ten times a second at most; else at each tenth of the way. */
export function progressLine(often: boolean, now: () => number = () => performance.now()) {
  let [all, under, done, failed, at, tenth] = [0, 0, 0, 0, 0, 0];
  const since = now();
  const text = (): string => {
    const seconds = (now() - since) / 1000;
    const rate = seconds > 0 ? done / seconds : 0;
    const left = rate > 0 && done < all ? `, about ${inWords((all - done) / rate)} left` : "";
    return `${done}/${all} clusters${failed > 0 ? `, ${failed} failed` : ""}, ${under} under way${left}`;
  };
  const due = (): string | undefined => {
    if (often && now() - at < pauseMs && done < all) return undefined;
    const reached = Math.floor((done * 10) / Math.max(all, 1));
    if (!often && reached <= tenth) return undefined;
    [at, tenth] = [now(), reached];
    return text();
  };
  return {
    begin: (clusters: number): void => void (all = clusters),
    begun: (): string | undefined => {
      under += 1;
      return often ? due() : undefined;
    },
    ended: ({ result }: Pick<ClusterRecord, "result">): string | undefined => {
      if (result !== "skipped") under -= 1;
      done += 1;
      if (result === "failed") failed += 1;
      return due();
    },
  };
}

const inWords = (seconds: number): string => (seconds < 90 ? `${Math.ceil(seconds)} s` : `${Math.ceil(seconds / 60)} min`);
