/** `1,234,567`; a fraction is rounded to three digits. `Intl` does the same, and costs a short command tens of milliseconds to load. */
export function groupDigits(value: number, separator = ","): string {
  const [whole = "", fraction] = (
    Number.isInteger(value) ? BigInt(value).toString() : String(Number(value.toFixed(3)))
  ).split(".");
  const grouped = whole.replaceAll(/\B(?=(?:\d{3})+$)/g, separator);
  return fraction === undefined ? grouped : `${grouped}.${fraction}`;
}

/** `1 error`, `2 errors`. */
export function plural(value: number, noun: string): string {
  return `${groupDigits(value)} ${noun}${value === 1 ? "" : "s"}`;
}
