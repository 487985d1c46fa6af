/** The module of {@link openLanes} as bytes (the WebAssembly core specification 2.0, chapter 5): loops over columns of its memory, four numbers at a time. */

/** Numbers that a pass takes at once. */
export const step = 4;

/** How many columns one pass adds. */
export const kernelSizes = [8, 4, 2, 1] as const;
export type KernelSize = (typeof kernelSizes)[number];

type Code = readonly number[];

const [i32, v128] = [0x7f, 0x7b];

/** What every module begins with, and the version of its form. */
const magic: Code = [0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0];

/** `addN` for {@link kernelSizes}, and `squares`, over the memory `env.memory`. */
export function moduleBytes(): Uint8Array<ArrayBuffer> {
  const functions = [
    ...kernelSizes.map((size) => ({ name: `add${size}`, inputs: 5, body: addBody(size) })),
    { name: "squares", inputs: 4, body: squaresBody },
  ];
  return Uint8Array.from([
    ...magic,
    ...section(
      1,
      functions.map(({ inputs }): Code => [0x60, inputs, ...Array<number>(inputs).fill(i32), 0]),
    ),
    ...section(2, [[...name("env"), ...name("memory"), 0x02, 0x00, 1]]),
    ...section(
      3,
      functions.map((_, at): Code => [at]),
    ),
    ...section(
      7,
      functions.map((each, at): Code => [...name(each.name), 0x00, at]),
    ),
    ...section(
      10,
      functions.map(({ body }): Code => [...unsigned(body.length), ...body]),
    ),
  ]);
}

function section(id: number, entries: readonly Code[]): Code {
  const content = [entries.length, ...entries.flat()];
  return [id, ...unsigned(content.length), ...content];
}

function name(text: string): Code {
  return [text.length, ...Array.from(text, (each) => each.charCodeAt(0))];
}

/** LEB128, of numbers that are not negative. */
function unsigned(value: number): Code {
  return value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...unsigned(value >>> 7)];
}

const get = (local: number): Code => [0x20, local];
const set = (local: number): Code => [0x21, local];
const load = (offset: number): Code => [0xfd, 0x00, 3, offset];
const loadBoth = (offset: number): Code => [0xfd, 0x0a, 3, offset];
const store = (offset: number): Code => [0xfd, 0x0b, 3, offset];
const add: Code = [0xfd, 0xf0, 0x01];
const subtract: Code = [0xfd, 0xf1, 0x01];
const multiply: Code = [0xfd, 0xf2, 0x01];
const addAddress: Code = [0x6a];
const constant = (value: number): Code => [0x41, value];

/** A loop while one address is below another: its end. */
const loop = (body: Code, address: number, end: number): Code => [
  0x03,
  0x40,
  ...body,
  ...get(address),
  ...get(end),
  0x49,
  0x0d,
  0,
  0x0b,
];

/** Advances an address by a step of numbers. */
const advance = (address: number): Code => [...get(address), ...constant(8 * step), ...addAddress, ...set(address)];

/** Addresses of the first column, the way to the next, the factors, the row and the end of it; then come factors, and addresses of the other columns. */
function addBody(size: number): Code {
  const [columns, stride, factors, row, end] = [0, 1, 2, 3, 4];
  const factorOf = (k: number): number => 5 + k;
  const addressOf = (k: number): number => (k === 0 ? columns : 5 + size + k - 1);
  const all = Array.from({ length: size }, (_, k) => k);
  const pass = (offset: number): Code => [
    ...get(row),
    ...get(row),
    ...load(offset),
    ...all.flatMap((k) => [...get(addressOf(k)), ...load(offset), ...get(factorOf(k)), ...multiply, ...add]),
    ...store(offset),
  ];
  return [
    2,
    size,
    v128,
    size - 1,
    i32,
    ...all.flatMap((k) => [...get(factors), ...loadBoth(8 * k), ...set(factorOf(k))]),
    ...all.slice(1).flatMap((k) => [...get(addressOf(k - 1)), ...get(stride), ...addAddress, ...set(addressOf(k))]),
    ...loop([...pass(0), ...pass(16), ...all.flatMap((k) => advance(addressOf(k))), ...advance(row)], row, end),
    0x0b,
  ];
}

/** Addresses of the row, the other column, the factor and the end of the row; then come the factor and a product. */
const squaresBody: Code = ((): Code => {
  const [row, left, by, end, factor, product] = [0, 1, 2, 3, 4, 5];
  const pass = (offset: number): Code => [
    ...get(row),
    ...get(row),
    ...load(offset),
    ...get(factor),
    ...multiply,
    0x22,
    product,
    ...store(offset),
    ...get(left),
    ...get(left),
    ...load(offset),
    ...get(product),
    ...get(product),
    ...multiply,
    ...subtract,
    ...store(offset),
  ];
  return [
    1,
    2,
    v128,
    ...get(by),
    ...loadBoth(0),
    ...set(factor),
    ...loop([...pass(0), ...pass(16), ...advance(row), ...advance(left)], row, end),
    0x0b,
  ];
})();
