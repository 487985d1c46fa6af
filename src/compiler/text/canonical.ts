/** The one text of a value that formats and programs spell differently. */

const zeroFraction = /^(-?(?:0|[1-9][0-9]*))\.0+$/;
const spelledValues: ReadonlyMap<string, string> = new Map([
  ["True", "true"],
  ["TRUE", "true"],
  ["False", "false"],
  ["FALSE", "false"],
  ["-0", "0"],
]);
const spelledStarts = [..."TF-"].map((letter) => letter.charCodeAt(0));

/**
 * A whole number without a fraction of zeros (`310100` for `310100.0`), a boolean in small letters. Any other text is
 * itself: `007` and `1.10` keep their digits.
 */
export function canonicalText(text: string): string {
  if (text.endsWith("0")) {
    const whole = zeroFraction.exec(text)?.[1];
    if (whole !== undefined) return whole === "-0" ? "0" : whole;
  }
  // Most short texts end at their first letter, and need not be looked up.
  return text.length <= 5 && spelledStarts.includes(text.charCodeAt(0)) ? (spelledValues.get(text) ?? text) : text;
}
