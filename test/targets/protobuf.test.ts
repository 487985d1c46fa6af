import fc from "fast-check";
import protobuf from "protobufjs/light.js";
import { describe, expect, it } from "vitest";
import {
  type ByteSource,
  createEncoder,
  type Fields,
  joinedBytes,
  many,
  map,
  one,
  oneof,
  proto2,
} from "../../src/compiler/targets/protobuf.js";

const plain: Fields = {
  whole: one("int64", 3),
  small: one("int32", 1),
  isSo: one("bool", 15),
  text: one("string", 16),
  raw: one("bytes", 2),
  sum: one("fixed32", 2047),
  wholes: many("int64", 4),
  floats: many("float", 5),
  amount: one("double", 13),
  amounts: many("double", 14),
  flags: many("bool", 6),
  texts: many("string", 7),
  raws: many("bytes", 8),
  inner: one("Inner", 9),
  inners: many("Inner", 10),
  byName: map("Inner", 11),
  names: map("string", 12),
};
const messages = { Plain: plain, Old: proto2({ ...plain, byName: one("Inner", 11), names: one("Inner", 12) }) };
const inner = {
  Inner: oneof({ n: one("int64", 1), s: one("string", 2), raw: one("bytes", 3), again: one("Inner", 4) }),
};
const encode = createEncoder({ ...messages, ...inner });

/** The same forms as protobufjs has them. */
const root = protobuf.Root.fromJSON({
  nested: Object.fromEntries(
    Object.entries({ ...messages, ...inner }).map(([name, fields]) => [
      name,
      {
        edition: name === "Old" ? "proto2" : "proto3",
        fields: Object.fromEntries(
          Object.entries(fields).map(([field, { id, type, form }]) => [
            field,
            form === "map"
              ? { keyType: "string", type, id }
              : form === "many"
                ? { rule: "repeated", type, id }
                : { type, id },
          ]),
        ),
        ...(name === "Inner" ? { oneofs: { value: { oneof: Object.keys(fields) } } } : {}),
      },
    ]),
  ),
});

const whole = fc.oneof(fc.constant(0), fc.integer(), fc.maxSafeInteger());
const text = fc.oneof(fc.string(), fc.string({ unit: "grapheme", maxLength: 200 }));
const raw = fc.oneof(
  fc.uint8Array({ maxLength: 300 }),
  fc.nat(9000).map((length) => Uint8Array.from({ length }, (_, at) => at % 251)),
);
const { value: innerValue } = fc.letrec<{ value: object }>((tie) => ({
  value: fc.oneof(
    { depthSize: "small" },
    fc.record({ n: whole }),
    fc.record({ s: text }),
    fc.record({ raw }),
    fc.constant({}),
    fc.record({ again: tie("value") }),
  ),
}));
const fields = {
  whole,
  small: fc.integer(),
  isSo: fc.boolean(),
  text,
  raw,
  sum: fc.nat(0xffffffff),
  wholes: fc.array(whole),
  floats: fc.array(fc.float({ noNaN: true })),
  amount: fc.double({ noNaN: true }),
  amounts: fc.array(fc.double({ noNaN: true })),
  flags: fc.array(fc.boolean()),
  texts: fc.array(text),
  raws: fc.array(raw, { maxLength: 3 }),
  inner: innerValue,
  inners: fc.array(innerValue, { maxLength: 4 }),
};
const plainValue = fc.record(
  { ...fields, byName: fc.dictionary(text, innerValue), names: fc.dictionary(text, text) },
  { requiredKeys: [] },
);
const oldValue = fc.record({ ...fields, byName: innerValue, names: innerValue }, { requiredKeys: [] });

describe("an encoder of protocol buffers", () => {
  it.each([
    ["Plain", plainValue],
    ["Old", oldValue],
  ] as const)("writes %s as protobufjs does", (type, values) => {
    fc.assert(
      fc.property(values, (value) => {
        const expected = root.lookupType(type).encode(value).finish();
        expect(Buffer.compare(joinedBytes(encode(type, value)), expected)).toBe(0);
      }),
      { numRuns: 100 },
    );
  });

  it("leaves bytes that are made as they are written where they are", () => {
    const pieces = [Uint8Array.of(1, 2), new Uint8Array(5000).fill(7), Uint8Array.of(3)];
    const source: ByteSource = { length: 5003, pieces: () => pieces };
    const found = encode("Plain", { small: 5, raw: source, text: "after" });
    const expected = encode("Plain", { small: 5, raw: Buffer.concat(pieces), text: "after" });
    expect(found.length).toBe(expected.length);
    expect(joinedBytes(found)).toEqual(joinedBytes(expected));
    expect([...found.pieces()]).toContain(pieces[1]);
  });

  it("throws for a message that there is not", () => {
    expect(() => encode("Nothing", {})).toThrow("there is no message `Nothing`");
  });
});
