/**
 * The protocol-buffer messages of an ONNX model: the fields of ONNX's definitions that we write, by name and number. Encoding is
 * deterministic.
 */
import { createEncoder, joinedBytes, many, one, proto2 } from "../protobuf.js";

/** `onnx.TensorProto.DataType`. */
export const ElementType = { float32: 1, int32: 6, int64: 7, string: 8, bool: 9, float64: 11 } as const;
export type ElementTypeName = keyof typeof ElementType;

export interface TensorProto {
  readonly name?: string;
  readonly dims: readonly number[];
  readonly dataType: number;
  /** Elements as little-endian bytes; not of texts. */
  readonly rawData?: Uint8Array;
  readonly stringData?: readonly Uint8Array[];
  /** Where the elements are, in a file beside the model: `location`, `offset` and `length`. */
  readonly externalData?: readonly { readonly key: string; readonly value: string }[];
  /** 1: in a file beside the model. */
  readonly dataLocation?: number;
}

/** `onnx.AttributeProto.AttributeType`. */
export const AttributeType = { int: 2, ints: 7, strings: 8 } as const;

export interface AttributeProto {
  readonly name: string;
  readonly type: number;
  readonly i?: number;
  readonly ints?: readonly number[];
  readonly strings?: readonly Uint8Array[];
}

export interface NodeProto {
  readonly input: readonly string[];
  readonly output: readonly string[];
  readonly name: string;
  readonly opType: string;
  /** Absent: ONNX's own. */
  readonly domain?: string;
  readonly attribute: readonly AttributeProto[];
}

export interface ValueInfoProto {
  readonly name: string;
  readonly type: {
    readonly tensorType: {
      readonly elemType: number;
      readonly shape: { readonly dim: readonly ({ readonly dimValue: number } | { readonly dimParam: string })[] };
    };
  };
}

export interface GraphProto {
  readonly name: string;
  readonly node: readonly NodeProto[];
  readonly initializer: readonly TensorProto[];
  readonly input: readonly ValueInfoProto[];
  readonly output: readonly ValueInfoProto[];
}

export interface ModelProto {
  readonly irVersion: number;
  readonly producerName: string;
  readonly producerVersion: string;
  readonly graph: GraphProto;
  readonly opsetImport: readonly { readonly domain: string; readonly version: number }[];
  readonly metadataProps: readonly { readonly key: string; readonly value: string }[];
}

/** ONNX's definitions are of proto2: a field that is set is written, zero or not. */
const encode = createEncoder({
  ModelProto: proto2({
    irVersion: one("int64", 1),
    producerName: one("string", 2),
    producerVersion: one("string", 3),
    graph: one("GraphProto", 7),
    opsetImport: many("OperatorSetIdProto", 8),
    metadataProps: many("StringStringEntryProto", 14),
  }),
  OperatorSetIdProto: proto2({ domain: one("string", 1), version: one("int64", 2) }),
  StringStringEntryProto: proto2({ key: one("string", 1), value: one("string", 2) }),
  GraphProto: proto2({
    node: many("NodeProto", 1),
    name: one("string", 2),
    initializer: many("TensorProto", 5),
    input: many("ValueInfoProto", 11),
    output: many("ValueInfoProto", 12),
  }),
  NodeProto: proto2({
    input: many("string", 1),
    output: many("string", 2),
    name: one("string", 3),
    opType: one("string", 4),
    attribute: many("AttributeProto", 5),
    domain: one("string", 7),
  }),
  AttributeProto: proto2({
    name: one("string", 1),
    i: one("int64", 3),
    ints: many("int64", 8),
    strings: many("bytes", 9),
    type: one("int32", 20),
  }),
  TensorProto: proto2({
    dims: many("int64", 1),
    dataType: one("int32", 2),
    stringData: many("bytes", 6),
    name: one("string", 8),
    rawData: one("bytes", 9),
    externalData: many("StringStringEntryProto", 13),
    dataLocation: one("int32", 14),
  }),
  ValueInfoProto: proto2({ name: one("string", 1), type: one("TypeProto", 2) }),
  TypeProto: proto2({ tensorType: one("TensorTypeProto", 1) }),
  TensorTypeProto: proto2({ elemType: one("int32", 1), shape: one("TensorShapeProto", 2) }),
  TensorShapeProto: proto2({ dim: many("DimensionProto", 1) }),
  DimensionProto: proto2({ dimValue: one("int64", 1), dimParam: one("string", 2) }),
});

/** The bytes of a `.onnx` file. */
export function encodeModel(model: ModelProto): Uint8Array {
  return joinedBytes(encode("ModelProto", model));
}
