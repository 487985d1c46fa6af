const alphabet = new TextEncoder().encode("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/");
const padding = 61;

/** The bytes of a text in base 64 (RFC 4648, with padding). */
export function encodeBase64(bytes: Uint8Array): Uint8Array {
  const text = new Uint8Array(Math.ceil(bytes.length / 3) * 4);
  let at = 0;
  for (let i = 0; i < bytes.length; i += 3) {
    const word = (bytes[i]! << 16) | ((bytes[i + 1] ?? 0) << 8) | (bytes[i + 2] ?? 0);
    text[at++] = alphabet[word >> 18]!;
    text[at++] = alphabet[(word >> 12) & 63]!;
    text[at++] = i + 1 < bytes.length ? alphabet[(word >> 6) & 63]! : padding;
    text[at++] = i + 2 < bytes.length ? alphabet[word & 63]! : padding;
  }
  return text;
}
