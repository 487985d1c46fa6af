import fc from "fast-check";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { crc32c, maskedCrc32c } from "../../src/compiler/model/checksums/crc32c.js";
import { createEventWriter } from "../../src/runtime/train/tensorboard.js";

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "mtlc-tensorboard-"));
});
afterEach(() => rmSync(directory, { recursive: true }));

describe("crc32c", () => {
  // The values of RFC 3720, appendix B.4.
  it.each([
    ["32 zero bytes", new Uint8Array(32), 0x8a9136aa],
    ["32 bytes of ones", new Uint8Array(32).fill(0xff), 0x62a8ab43],
    ["32 incrementing bytes", Uint8Array.from({ length: 32 }, (_, i) => i), 0x46dd794e],
    ["the text 123456789", new TextEncoder().encode("123456789"), 0xe3069283],
  ])("of %s", (_, bytes, expected) => {
    expect(crc32c(bytes)).toBe(expected);
  });

  it("is that of each bit by itself, in whatever parts bytes come", () => {
    const bitwise = (bytes: Uint8Array): number => {
      let crc = -1;
      for (const byte of bytes) {
        crc ^= byte;
        for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0x82f63b78 : crc >>> 1;
      }
      return ~crc >>> 0;
    };
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), fc.nat(60), (bytes, cut) => {
        expect(crc32c(bytes)).toBe(bitwise(bytes));
        expect(crc32c(bytes.subarray(cut), crc32c(bytes.subarray(0, cut)))).toBe(bitwise(bytes));
      }),
    );
  });

  it("is masked by a rotation and a constant", () => {
    const bytes = new TextEncoder().encode("123456789");
    const rotated = ((0xe3069283 >>> 15) | (0xe3069283 << 17)) >>> 0;
    expect(maskedCrc32c(bytes)).toBe((rotated + 0xa282ead8) % 2 ** 32);
  });
});

describe("event file", () => {
  it("reads back record by record: version first, then the scalars with their steps", () => {
    const writer = createEventWriter(directory, 1_700_000_000.5);
    writer.write(10, 1_700_000_001, [
      { tag: "loss/income", value: 0.5 },
      { tag: "loss/marital", value: 0.25 },
    ]);
    writer.write(300, 1_700_000_002.25, [{ tag: "validation/income/auc", value: 0.9375 }]);
    writer.close();
    const records = readRecords(readFileSync(writer.path)).map(readMessage);
    expect(records).toHaveLength(3);
    expect(doubleOf(records[0], 1)).toBe(1_700_000_000.5);
    expect(textOf(records[0], 3)).toBe("brain.Event:2");
    expect(records.slice(1).map(scalarsOf)).toEqual([
      { step: 10, time: 1_700_000_001, values: { "loss/income": 0.5, "loss/marital": 0.25 } },
      { step: 300, time: 1_700_000_002.25, values: { "validation/income/auc": 0.9375 } },
    ]);
  });

  it("has the name that TensorBoard looks for", () => {
    const writer = createEventWriter(join(directory, "a/b"), 1_700_000_000);
    writer.close();
    expect(writer.path).toContain(join(directory, "a/b", "events.out.tfevents.1700000000."));
  });

  it("keeps a zero, which proto3 would drop without a oneof", () => {
    const writer = createEventWriter(directory, 1);
    writer.write(1, 1, [{ tag: "zero", value: 0 }]);
    writer.close();
    const [, event] = readRecords(readFileSync(writer.path)).map(readMessage);
    expect(scalarsOf(event)).toEqual({ step: 1, time: 1, values: { zero: 0 } });
  });

  it("says what is wrong when the place is a file", () => {
    const writer = createEventWriter(directory, 1);
    writer.close();
    expect(() => createEventWriter(writer.path, 2)).toThrow(/MTL8008: `.*` cannot be written/);
  });
});

// A reader of its own, so that the writer's library is not checked against itself: wire format of protocol buffers.
type Fields = ReadonlyMap<number, readonly (number | Uint8Array)[]>;

function readRecords(bytes: Uint8Array): Uint8Array[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const records: Uint8Array[] = [];
  for (let at = 0; at < bytes.length;) {
    const length = Number(view.getBigUint64(at, true));
    expect(view.getUint32(at + 8, true)).toBe(maskedCrc32c(bytes.subarray(at, at + 8)));
    const data = bytes.subarray(at + 12, at + 12 + length);
    expect(view.getUint32(at + 12 + length, true)).toBe(maskedCrc32c(data));
    records.push(data);
    at += 16 + length;
  }
  return records;
}

function readMessage(bytes: Uint8Array): Fields {
  const fields = new Map<number, (number | Uint8Array)[]>();
  let at = 0;
  const varint = (): number => {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = bytes[at++] ?? 0;
      value += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) return value;
    }
  };
  while (at < bytes.length) {
    const key = varint();
    const wire = key & 7;
    const length = wire === 0 ? 0 : wire === 1 ? 8 : wire === 5 ? 4 : varint();
    const value = wire === 0 ? varint() : bytes.subarray(at, (at += length));
    fields.set(key >> 3, [...(fields.get(key >> 3) ?? []), value]);
  }
  return fields;
}

function bytesOf(fields: Fields | undefined, field: number): Uint8Array {
  const value = fields?.get(field)?.[0];
  if (!(value instanceof Uint8Array)) throw new Error(`no field ${field}`);
  return value;
}

function doubleOf(fields: Fields | undefined, field: number): number {
  const bytes = bytesOf(fields, field);
  return new DataView(bytes.buffer, bytes.byteOffset).getFloat64(0, true);
}

function textOf(fields: Fields | undefined, field: number): string {
  return new TextDecoder().decode(bytesOf(fields, field));
}

function scalarsOf(event: Fields | undefined): unknown {
  const summary = readMessage(bytesOf(event, 5));
  const values = (summary.get(1) ?? []).map((value) => {
    const fields = readMessage(value as Uint8Array);
    const number = bytesOf(fields, 2);
    return [textOf(fields, 1), new DataView(number.buffer, number.byteOffset).getFloat32(0, true)];
  });
  return { step: event?.get(2)?.[0], time: doubleOf(event, 1), values: Object.fromEntries(values) };
}
