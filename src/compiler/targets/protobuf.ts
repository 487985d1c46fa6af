/**
 * Protocol buffers, written only. The bytes are those of protobufjs: fields in the order of their numbers, maps in that of their insertion, numbers of a list
 * packed. A message is written from its end, so that the length of a part is known when it is written, and nothing is moved; large bytes are not copied.
 */

/** A field by its number: of a plain type, or of a message by its name. */
export interface Field {
  readonly id: number;
  readonly type: string;
  /** `map`: from texts to values of the type. */
  readonly form: "one" | "many" | "map";
  /** Whether it is written whenever it is there, with its default as well. */
  readonly isExplicit?: boolean;
  /** Whether numbers of a list have a tag each. */
  readonly isUnpacked?: boolean;
}

export type Fields = Readonly<Record<string, Field>>;

export const one = (type: string, id: number): Field => ({ id, type, form: "one" });
export const many = (type: string, id: number): Field => ({ id, type, form: "many" });
export const map = (type: string, id: number): Field => ({ id, type, form: "map" });

/** Fields of which a message has one, which is written whatever it is. */
export function oneof(fields: Fields): Fields {
  return Object.fromEntries(Object.entries(fields).map(([name, field]) => [name, { ...field, isExplicit: true }]));
}

/** The fields of a message of proto2; those of others are of proto3. */
export function proto2(fields: Fields): Fields {
  return Object.fromEntries(
    Object.entries(oneof(fields)).map(([name, field]) => [name, { ...field, isUnpacked: true }]),
  );
}

/** Bytes that are made as they are written; a piece may be used again for the next. */
export interface ByteSource {
  readonly length: number;
  readonly pieces: () => Iterable<Uint8Array>;
}

/** Writes messages of these forms; throws for a type that there is not. */
export function createEncoder(
  messages: Readonly<Record<string, Fields>>,
): (type: string, message: object) => ByteSource {
  const sorted = new Map(
    Object.entries(messages).map(([name, fields]) => [
      name,
      Object.entries(fields).sort(([, a], [, b]) => b.id - a.id),
    ]),
  );
  const writeMessage = (to: Backwards, type: string, message: object): void => {
    const fields = sorted.get(type);
    if (fields === undefined) throw new Error(`there is no message \`${type}\``);
    for (const [name, field] of fields) {
      if (!Object.hasOwn(message, name)) continue;
      const value = (message as Readonly<Record<string, unknown>>)[name];
      if (value !== undefined && value !== null) writeField(to, field, value);
    }
  };
  const writeTagged = (to: Backwards, type: string, id: number, value: unknown): void => {
    const plain = plainTypes[type];
    if (plain !== undefined) {
      plain.write(to, value);
      to.varint(id * 8 + plain.wire);
      return;
    }
    const end = to.length;
    writeMessage(to, type, value as object);
    to.delimited(end, id);
  };
  const writeField = (to: Backwards, { id, type, form, isExplicit, isUnpacked }: Field, value: unknown): void => {
    if (form === "one") {
      if (isExplicit === true || !isDefault(type, value)) writeTagged(to, type, id, value);
    } else if (form === "map") {
      for (const [key, each] of Object.entries(value as object).reverse()) {
        const end = to.length;
        writeTagged(to, type, 2, each);
        writeTagged(to, "string", 1, key);
        to.delimited(end, id);
      }
    } else writeMany(to, { id, type, isUnpacked }, value as readonly unknown[]);
  };
  const writeMany = (
    to: Backwards,
    { id, type, isUnpacked }: Pick<Field, "id" | "type"> & { readonly isUnpacked: boolean | undefined },
    values: readonly unknown[],
  ): void => {
    const plain = plainTypes[type];
    const isPacked = isUnpacked !== true && plain !== undefined && plain.wire !== delimitedWire;
    const end = to.length;
    for (let at = values.length - 1; at >= 0; at -= 1)
      if (isPacked) plain.write(to, values[at]);
      else writeTagged(to, type, id, values[at]);
    if (isPacked && values.length > 0) to.delimited(end, id);
  };
  return (type, message) => {
    const to = new Backwards();
    writeMessage(to, type, message);
    return to.finish();
  };
}

/** All bytes as one array. */
export function joinedBytes(source: Uint8Array | ByteSource): Uint8Array {
  if (source instanceof Uint8Array) return source;
  const { length, pieces } = source;
  const all = new Uint8Array(length);
  let at = 0;
  for (const piece of pieces()) {
    all.set(piece, at);
    at += piece.length;
  }
  return all;
}

const delimitedWire = 2;

interface PlainType {
  readonly wire: number;
  /** Writes a value before what is there. */
  readonly write: (to: Backwards, value: unknown) => void;
}

const whole: PlainType = { wire: 0, write: (to, value) => to.varint(value as number) };
const plainTypes: Readonly<Record<string, PlainType | undefined>> = {
  int32: whole,
  int64: whole,
  bool: { wire: 0, write: (to, value) => to.varint(value === true ? 1 : 0) },
  float: { wire: 5, write: (to, value) => to.fixed(4, (view) => view.setFloat32(0, value as number, true)) },
  fixed32: { wire: 5, write: (to, value) => to.fixed(4, (view) => view.setUint32(0, value as number, true)) },
  double: { wire: 1, write: (to, value) => to.fixed(8, (view) => view.setFloat64(0, value as number, true)) },
  string: { wire: delimitedWire, write: (to, value) => to.text(value as string) },
  bytes: { wire: delimitedWire, write: (to, value) => to.bytes(value as Uint8Array | ByteSource) },
};

/** Whether a value says nothing that its absence does not; a message never does. */
function isDefault(type: string, value: unknown): boolean {
  if (type === "bytes") return (value as Uint8Array | ByteSource).length === 0;
  return plainTypes[type] !== undefined && (Object.is(value, 0) || value === "" || value === false);
}

/** Bytes of the memory that small parts are put together in. */
const blockBytes = 1 << 16;
/** Bytes from which they stay where they are. */
const largeBytes = 1 << 12;
const encoder = new TextEncoder();

/** Bytes that are written from the last to the first. */
class Backwards {
  /** Of what was written. */
  length = 0;
  /** What is full, the last part first. */
  readonly #parts: ByteSource[] = [];
  #block = new Uint8Array(blockBytes);
  /** Where the first byte of the block lies. */
  #at = blockBytes;

  #byte(value: number): void {
    if (this.#at === 0) this.#seal();
    this.#block[--this.#at] = value;
    this.length += 1;
  }

  /** Makes a part of what was written into the block, and goes on before it. */
  #seal(): void {
    const filled = this.#block.subarray(this.#at);
    if (filled.length > 0) this.#parts.push({ length: filled.length, pieces: () => [filled] });
    this.#block = this.#at === 0 ? new Uint8Array(blockBytes) : this.#block.subarray(0, this.#at);
    this.#at = this.#block.length;
  }

  /** A whole number; a negative one as 64 bits. */
  varint(value: number): void {
    if (value < 0) {
      let rest = BigInt.asUintN(64, BigInt(value));
      const groups: number[] = [];
      for (; rest >= 128n; rest >>= 7n) groups.push(Number(rest & 127n) | 128);
      groups.push(Number(rest));
      for (const group of groups.reverse()) this.#byte(group);
      return;
    }
    let [unit, count] = [1, 1];
    for (; value >= unit * 128; count += 1) unit *= 128;
    for (let group = count; group > 0; group -= 1, unit /= 128)
      this.#byte((Math.floor(value / unit) % 128) | (group < count ? 128 : 0));
  }

  /** As many bytes as `count`, which `put` sets. */
  fixed(count: 4 | 8, put: (view: DataView) => void): void {
    const view = new DataView(new ArrayBuffer(count));
    put(view);
    for (let at = count - 1; at >= 0; at -= 1) this.#byte(view.getUint8(at));
  }

  text(value: string): void {
    const end = this.length;
    for (let at = value.length - 1; at >= 0; at -= 1) {
      const code = value.charCodeAt(at);
      if (code >= 128) {
        this.#copy(encoder.encode(value.slice(0, at + 1)));
        break;
      }
      this.#byte(code);
    }
    this.varint(this.length - end);
  }

  bytes(value: Uint8Array | ByteSource): void {
    if (!(value instanceof Uint8Array)) this.#keep(value);
    else if (value.length >= largeBytes) this.#keep({ length: value.length, pieces: () => [value] });
    else this.#copy(value);
    this.varint(value.length);
  }

  #copy(value: Uint8Array): void {
    for (let at = value.length - 1; at >= 0; at -= 1) this.#byte(value[at] ?? 0);
  }

  #keep(part: ByteSource): void {
    this.#seal();
    this.#parts.push(part);
    this.length += part.length;
  }

  /** Ends a part whose bytes were written since there were `end`: its length, and the tag of its field. */
  delimited(end: number, id: number): void {
    this.varint(this.length - end);
    this.varint(id * 8 + delimitedWire);
  }

  finish(): ByteSource {
    this.#seal();
    const parts = this.#parts.toReversed();
    return {
      length: this.length,
      pieces: function* () {
        for (const { pieces } of parts) yield* pieces();
      },
    };
  }
}
