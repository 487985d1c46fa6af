/**
 * The protocol-buffer messages of a SavedModel: the fields of TensorFlow's definitions that we write, by name and
 * number. Encoding is deterministic: maps keep insertion order.
 */
import type { DType } from "../../graph/graph.js";
import { type ByteSource, createEncoder, type Fields, joinedBytes, many, map, one, oneof } from "../protobuf.js";

/** `tensorflow.DataType`. */
export const DataType = {
  float32: 1,
  int32: 3,
  string: 7,
  int64: 9,
  bool: 10,
  resource: 20,
  uint32: 22,
  uint64: 23,
} as const;
export type DataTypeName = keyof typeof DataType;

export interface TensorShapeProto {
  /** -1 is unknown. */
  readonly dim: readonly { readonly size: number }[];
}

export interface TensorProto {
  readonly dtype: number;
  readonly tensorShape: TensorShapeProto;
  /** Elements as little-endian bytes. */
  readonly tensorContent?: Uint8Array | ByteSource;
  /** One value fills the shape. */
  readonly floatVal?: readonly number[];
  readonly intVal?: readonly number[];
  readonly boolVal?: readonly boolean[];
  readonly stringVal?: readonly Uint8Array[];
}

/** Exactly one field is set. */
export interface AttrValue {
  readonly list?: { readonly type?: readonly number[]; readonly shape?: readonly TensorShapeProto[] };
  readonly s?: Uint8Array;
  readonly i?: number;
  readonly b?: boolean;
  readonly type?: number;
  readonly shape?: TensorShapeProto;
  readonly tensor?: TensorProto;
  readonly func?: { readonly name: string };
}

export interface NodeDef {
  readonly name: string;
  readonly op: string;
  readonly input: readonly string[];
  readonly attr: Readonly<Record<string, AttrValue>>;
}

export interface ArgDef {
  readonly name: string;
  readonly type: number;
}

export interface FunctionDef {
  readonly signature: {
    readonly name: string;
    readonly inputArg: readonly ArgDef[];
    readonly outputArg: readonly ArgDef[];
  };
  readonly attr: Readonly<Record<string, AttrValue>>;
  readonly nodeDef: readonly NodeDef[];
  /** From the name of an output to the tensor in the body. */
  readonly ret: Readonly<Record<string, string>>;
}

export interface TensorInfo {
  readonly name: string;
  readonly dtype?: number;
  readonly tensorShape?: TensorShapeProto;
}

export interface SignatureDef {
  readonly inputs: Readonly<Record<string, TensorInfo>>;
  readonly outputs: Readonly<Record<string, TensorInfo>>;
  readonly methodName: string;
}

export interface SavedModelProto {
  readonly savedModelSchemaVersion: number;
  readonly metaGraphs: readonly {
    readonly metaInfoDef: { readonly tags: readonly string[]; readonly tensorflowVersion: string };
    readonly graphDef: {
      readonly node: readonly NodeDef[];
      readonly library: { readonly function: readonly FunctionDef[] };
      readonly versions: { readonly producer: number; readonly minConsumer: number };
    };
    readonly signatureDef: Readonly<Record<string, SignatureDef>>;
    /** How values are read from the folder `variables`; absent when there is none. */
    readonly saverDef?: {
      readonly filenameTensorName: string;
      /** Its value is where the files are, after they were written. */
      readonly saveTensorName: string;
      readonly restoreOpName: string;
      /** 2: files of this form. */
      readonly version: number;
    };
  }[];
}

const messages: Readonly<Record<string, Fields>> = {
  SavedModel: { savedModelSchemaVersion: one("int64", 1), metaGraphs: many("MetaGraphDef", 2) },
  MetaGraphDef: {
    metaInfoDef: one("MetaInfoDef", 1),
    graphDef: one("GraphDef", 2),
    saverDef: one("SaverDef", 3),
    signatureDef: map("SignatureDef", 5),
  },
  MetaInfoDef: { tags: many("string", 4), tensorflowVersion: one("string", 5) },
  GraphDef: { node: many("NodeDef", 1), library: one("FunctionDefLibrary", 2), versions: one("VersionDef", 4) },
  VersionDef: { producer: one("int32", 1), minConsumer: one("int32", 2) },
  NodeDef: { name: one("string", 1), op: one("string", 2), input: many("string", 3), attr: map("AttrValue", 5) },
  AttrValue: oneof({
    list: one("ListValue", 1),
    s: one("bytes", 2),
    i: one("int64", 3),
    b: one("bool", 5),
    type: one("int32", 6),
    shape: one("TensorShapeProto", 7),
    tensor: one("TensorProto", 8),
    func: one("NameAttrList", 10),
  }),
  ListValue: { type: many("int32", 6), shape: many("TensorShapeProto", 7) },
  NameAttrList: { name: one("string", 1) },
  TensorShapeProto: { dim: many("Dim", 2) },
  Dim: { size: one("int64", 1) },
  TensorProto: {
    dtype: one("int32", 1),
    tensorShape: one("TensorShapeProto", 2),
    tensorContent: one("bytes", 4),
    floatVal: many("float", 5),
    intVal: many("int32", 7),
    boolVal: many("bool", 11),
    stringVal: many("bytes", 8),
  },
  SaverDef: {
    filenameTensorName: one("string", 1),
    saveTensorName: one("string", 2),
    restoreOpName: one("string", 3),
    version: one("int32", 7),
  },
  FunctionDefLibrary: { function: many("FunctionDef", 1) },
  FunctionDef: {
    signature: one("OpDef", 1),
    nodeDef: many("NodeDef", 3),
    ret: map("string", 4),
    attr: map("AttrValue", 5),
  },
  OpDef: { name: one("string", 1), inputArg: many("ArgDef", 2), outputArg: many("ArgDef", 3) },
  ArgDef: { name: one("string", 1), type: one("int32", 3) },
  SignatureDef: { inputs: map("TensorInfo", 1), outputs: map("TensorInfo", 2), methodName: one("string", 3) },
  TensorInfo: { name: one("string", 1), dtype: one("int32", 2), tensorShape: one("TensorShapeProto", 3) },
};

/** Messages of the files of values. */
const bundleMessages: Readonly<Record<string, Fields>> = {
  BundleHeaderProto: { numShards: one("int32", 1), version: one("VersionDef", 3) },
  BundleEntryProto: {
    dtype: one("int32", 1),
    shape: one("TensorShapeProto", 2),
    offset: one("int64", 4),
    size: one("int64", 5),
    crc32c: one("fixed32", 6),
  },
};

const encode = createEncoder({ ...messages, ...bundleMessages });

/** The bytes of `saved_model.pb`. */
export function encodeSavedModel(model: SavedModelProto): ByteSource {
  return encode("SavedModel", model);
}

/** What an index of values starts with: one file of data, in little-endian order. */
export function encodeBundleHeader(): Uint8Array {
  return joinedBytes(encode("BundleHeaderProto", { numShards: 1, version: { producer: 1 } }));
}

/** Where a tensor lies in the file of data; `crc32c` is masked. */
export function encodeBundleEntry(entry: {
  readonly dtype: DType;
  readonly shape: readonly number[];
  readonly offset: number;
  readonly size: number;
  readonly crc32c: number;
}): Uint8Array {
  const shape: TensorShapeProto = { dim: entry.shape.map((size) => ({ size })) };
  return joinedBytes(encode("BundleEntryProto", { ...entry, dtype: DataType[entry.dtype], shape }));
}
