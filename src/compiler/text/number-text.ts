/** A number as a spec writes it: without the exponent where that is short. */
export function numberText(value: number): string {
  const plain = String(value);
  return /e/.test(plain) && Math.abs(value) >= 1e-6 && Math.abs(value) < 1
    ? value.toFixed(12).replace(/0+$/, "")
    : plain;
}
