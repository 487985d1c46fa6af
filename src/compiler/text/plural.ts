/** `1,234,567`. */
export function groupDigits(value: number): string {
  return value.toLocaleString("en-US");
}

/** `1 error`, `2 errors`. */
export function plural(value: number, noun: string): string {
  return `${groupDigits(value)} ${noun}${value === 1 ? "" : "s"}`;
}
