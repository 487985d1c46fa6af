/**
 * CRC-32C (Castagnoli, reflected polynomial 0x82F63B78, RFC 3720 appendix B.4) and the masked form that TensorFlow's files
 * use, which keeps a checksum of data that holds checksums from degenerating.
 */

/** Eight tables of 256 numbers: of each byte, what it makes of a checksum of zeros when none to seven bytes follow it. */
const table = new Int32Array(8 * 256);
for (let byte = 0; byte < 256; byte++) {
  let value = byte;
  for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ 0x82f63b78 : value >>> 1;
  table[byte] = value;
}
for (let at = 256; at < table.length; at++) table[at] = table[table[at - 256]! & 0xff]! ^ (table[at - 256]! >>> 8);

/** The checksum as an unsigned 32-bit number; of bytes that follow others, with the checksum of those before. */
export function crc32c(bytes: Uint8Array, before = 0): number {
  let crc = ~before;
  let at = 0;
  // Eight bytes at once, none of which waits for another (Kounavis & Berry, "A systematic approach to building high performance software-based CRC generators", ISCC 2005).
  for (const end = bytes.length - 7; at < end; at = (at + 8) | 0) {
    const first = crc ^ (bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24));
    crc =
      table[7 * 256 + (first & 0xff)]! ^
      table[6 * 256 + ((first >>> 8) & 0xff)]! ^
      table[5 * 256 + ((first >>> 16) & 0xff)]! ^
      table[4 * 256 + (first >>> 24)]! ^
      table[3 * 256 + bytes[at + 4]!]! ^
      table[2 * 256 + bytes[at + 5]!]! ^
      table[256 + bytes[at + 6]!]! ^
      table[bytes[at + 7]!]!;
  }
  for (; at < bytes.length; at++) crc = table[(crc ^ bytes[at]!) & 0xff]! ^ (crc >>> 8);
  return ~crc >>> 0;
}

/** TensorFlow's mask of a checksum: rotated right by 15 bits, plus a constant. */
export function maskCrc32c(crc: number): number {
  return (((crc >>> 15) | (crc << 17)) + 0xa282ead8) >>> 0;
}

export function maskedCrc32c(bytes: Uint8Array): number {
  return maskCrc32c(crc32c(bytes));
}
