/** What counts as a number, among the words that begin with a digit. */
export const numberForm = /^\d+(?:_\d+)*(?:\.\d+(?:_\d+)*)?(?:[eE][+-]?\d+)?$/;
/** What counts as a duration. */
export const durationForm = /^(\d+(?:_\d+)*(?:\.\d+)?)(ms|s|m|h|d|w)$/;

const secondsOf: Readonly<Record<string, number>> = { ms: 1e-3, s: 1, m: 60, h: 3600, d: 86_400, w: 604_800 };

/** What a word that begins with a digit stands for. */
export type NumberWord =
  | { readonly kind: "number"; readonly value: number }
  | { readonly kind: "duration"; readonly seconds: number }
  | { readonly kind: "malformed"; readonly problem?: string };

/** Reads `1_000_000`, `1e-6` or `7d`. */
export function readNumber(text: string): NumberWord {
  const tooLarge = { kind: "malformed", problem: "it is larger than any 64-bit floating-point number" } as const;
  if (numberForm.test(text)) {
    const value = Number(text.replaceAll("_", ""));
    return Number.isFinite(value) ? { kind: "number", value } : tooLarge;
  }
  const [, amount, unit] = durationForm.exec(text) ?? [];
  if (amount === undefined || unit === undefined) return { kind: "malformed" };
  const seconds = Number(amount.replaceAll("_", "")) * (secondsOf[unit] ?? NaN);
  return Number.isFinite(seconds) ? { kind: "duration", seconds } : tooLarge;
}
