/**
 * MurmurHash3 (Appleby, x86 32 bits) of a text's UTF-8 bytes: buckets of experiments and draws of explorations. Not for
 * secrets. A lone surrogate counts as U+FFFD.
 */
export function hashText(text: string, seed: number): number {
  const state: MurmurState = { hash: seed | 0, block: 0, bytes: 0 };
  for (let i = 0; i < text.length; i++) {
    const point = text.codePointAt(i) as number;
    if (point > 0xffff) i++;
    if (point < 0x80) eatByte(state, point);
    else if (point < 0x800) {
      eatByte(state, 0xc0 | (point >> 6));
      eatByte(state, 0x80 | (point & 63));
    } else if (point < 0x10000) {
      const whole = point >= 0xd800 && point <= 0xdfff ? 0xfffd : point;
      eatByte(state, 0xe0 | (whole >> 12));
      eatByte(state, 0x80 | ((whole >> 6) & 63));
      eatByte(state, 0x80 | (whole & 63));
    } else {
      eatByte(state, 0xf0 | (point >> 18));
      eatByte(state, 0x80 | ((point >> 12) & 63));
      eatByte(state, 0x80 | ((point >> 6) & 63));
      eatByte(state, 0x80 | (point & 63));
    }
  }
  let hash = state.hash ^ (state.bytes % 4 === 0 ? 0 : mixBlock(state.block)) ^ state.bytes;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

interface MurmurState {
  hash: number;
  block: number;
  bytes: number;
}

function eatByte(state: MurmurState, byte: number): void {
  const at = state.bytes % 4;
  state.block |= byte << (8 * at);
  state.bytes++;
  if (at < 3) return;
  const hash = state.hash ^ mixBlock(state.block);
  state.hash = (Math.imul((hash << 13) | (hash >>> 19), 5) + 0xe6546b64) | 0;
  state.block = 0;
}

function mixBlock(block: number): number {
  const mixed = Math.imul(block, 0xcc9e2d51);
  return Math.imul((mixed << 15) | (mixed >>> 17), 0x1b873593);
}

/**
 * A number in [0, 1), uniform over texts: 53 bits of two hashes. The parts are joined with their lengths, so that
 * ("a", "bc") and ("ab", "c") draw apart.
 */
export function drawUniform(seed: number, ...parts: readonly (string | number)[]): number {
  const text = parts.map((part) => `${String(part).length}:${part}`).join("");
  const high = hashText(text, seed);
  const low = hashText(text, seed ^ 0x9e3779b9) >>> 11;
  return (high * 2 ** 21 + low) / 2 ** 53;
}
