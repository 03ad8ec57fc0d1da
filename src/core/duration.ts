const units: Readonly<Record<string, number>> = { ms: 0.001, s: 1, m: 60, h: 3600, d: 86400 };

/** Whether a text is a duration as vault and Go write it: "90s", "1h30m", "250ms", or bare seconds. */
export const isDuration = (text: string): boolean => /^\d+$/.test(text) || /^(\d+(\.\d+)?(ms|s|m|h|d))+$/.test(text);

/** Seconds in a duration; NaN when it is none. */
export function seconds(text: string): number {
  if (!isDuration(text)) return Number.NaN;
  if (/^\d+$/.test(text)) return Number(text);
  const parts = [...text.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h|d)/g)];
  return parts.reduce((sum, [, number, unit]) => sum + Number(number) * (units[unit ?? ""] ?? Number.NaN), 0);
}

/** A duration as Go prints it, e.g. "1h0m0s": how Kubernetes controllers write one back. */
export function goDuration(text: string): string {
  const total = seconds(text);
  const [hours, minutes, rest] = [Math.floor(total / 3600), Math.floor((total % 3600) / 60), total % 60];
  if (total < 1) return total === 0 ? "0s" : `${total * 1000}ms`;
  return `${hours > 0 ? `${hours}h` : ""}${total >= 60 ? `${minutes}m` : ""}${rest}s`;
}

/** Milliseconds in a duration. */
export const milliseconds = (text: string): number => seconds(text) * 1000;

/** Whole seconds since a time; undefined for what is none. */
export function secondsSince(time: string | undefined, now: Date): number | undefined {
  const then = Date.parse(time ?? "");
  return Number.isNaN(then) ? undefined : Math.max(0, Math.round((now.getTime() - then) / 1000));
}

/** Whole days until a time; negative when it is past. */
export const daysUntil = (time: Date, now: Date): number => Math.floor((time.getTime() - now.getTime()) / 86_400_000);
