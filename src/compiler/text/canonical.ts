/** The one text of a value that formats and programs spell differently. */

const zeroFraction = /^(-?(?:0|[1-9][0-9]*))\.0+$/;
const spelledValues: ReadonlyMap<string, string> = new Map([
  ["True", "true"],
  ["TRUE", "true"],
  ["False", "false"],
  ["FALSE", "false"],
  ["-0", "0"],
]);
const [zero, point] = [48, 46];
const [upperT, upperF, minus] = [84, 70, 45];

/**
 * A whole number without a fraction of zeros (`310100` for `310100.0`), a boolean in small letters. Any other text is
 * itself: `007` and `1.10` keep their digits.
 */
export function canonicalText(text: string): string {
  if (endsInZeros(text)) {
    const whole = zeroFraction.exec(text)?.[1];
    if (whole !== undefined) return whole === "-0" ? "0" : whole;
  }
  // Most short texts end at their first letter, and need not be looked up.
  if (text.length > 5) return text;
  const first = text.charCodeAt(0);
  return first === upperT || first === upperF || first === minus ? (spelledValues.get(text) ?? text) : text;
}

/** Whether a text ends in a point and zeros. */
function endsInZeros(text: string): boolean {
  let at = text.length - 1;
  if (text.charCodeAt(at) !== zero) return false;
  while (text.charCodeAt(at) === zero) at--;
  return text.charCodeAt(at) === point;
}
