/** JSON whose whole numbers keep their digits. */

/**
 * Whole numbers that a double may have rounded, and what Python and DuckDB write for what is not a number. The digits of a
 * fraction are none: most numbers that a program writes have 16 or 17 of them.
 */
const needsCare = /(?<![.\d])\d{16,}(?![\d.eE])|NaN|Infinity/;
const tokens = /"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?|-?Infinity|NaN/g;

/** The least whole number of 16 digits. */
const sixteenDigits = 1e15;

/** Levels of a value that are looked into; of deeper ones the text says what is in them. */
const deepest = 64;

/** Whether a number in a value has so many digits before its point that a double may have rounded them, as far as can be seen. */
function mayHoldLarge(value: unknown, levels: number): boolean {
  if (typeof value === "number") return value >= sixteenDigits || value <= -sixteenDigits;
  if (typeof value !== "object" || value === null) return false;
  if (levels === 0) return true;
  if (Array.isArray(value)) return value.some((each) => mayHoldLarge(each, levels - 1));
  const record = value as Readonly<Record<string, unknown>>;
  for (const name in record) if (mayHoldLarge(record[name], levels - 1)) return true;
  return false;
}

/**
 * What `JSON.parse` gives, but a bigint for a whole number that a double cannot hold, and null for `NaN` and `Infinity`.
 * Throws a SyntaxError for other texts.
 */
export function parseExactJson(text: string): unknown {
  let plain: unknown;
  try {
    plain = JSON.parse(text);
    if (!mayHoldLarge(plain, deepest)) return plain;
  } catch (error) {
    if (!needsCare.test(text)) throw error;
  }
  // Looking at all of a text costs a third of what parsing it does.
  if (!needsCare.test(text)) return plain;
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
