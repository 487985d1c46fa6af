/** JSON whose whole numbers keep their digits. */

/**
 * Whole numbers that a double may have rounded, and what Python and DuckDB write for what is not a number. The digits of a
 * fraction are none: most numbers that a program writes have 16 or 17 of them.
 */
const needsCare = /(?<![.\d])\d{16,}(?![\d.eE])|NaN|Infinity/;
const tokens = /"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?|-?Infinity|NaN/g;

/**
 * What `JSON.parse` gives, but a bigint for a whole number that a double cannot hold, and null for `NaN` and `Infinity`.
 * Throws a SyntaxError for other texts.
 */
export function parseExactJson(text: string): unknown {
  if (!needsCare.test(text)) return JSON.parse(text) as unknown;
  let key = "#";
  while (text.includes(`"${key}"`)) key += "#";
  const marked = text.replace(tokens, (token) => {
    if (token.endsWith("NaN") || token.endsWith("Infinity")) return "null";
    return /^-?\d{16,}$/.test(token) && !Number.isSafeInteger(Number(token)) ? `{"${key}":"${token}"}` : token;
  });
  return JSON.parse(marked, (_name, value: unknown) => {
    if (typeof value !== "object" || value === null || !Object.hasOwn(value, key)) return value;
    return BigInt((value as Readonly<Record<string, string>>)[key] ?? "");
  }) as unknown;
}
