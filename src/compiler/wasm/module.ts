/** The bytes of a WebAssembly module (the core specification 2.0, chapter 5): functions over a memory that comes from outside. */
import { type Code, joined, unsigned, type ValueType, valueTypes } from "./instructions.js";

/** A function that the module is given. */
export interface ImportedFunction {
  readonly name: string;
  readonly inputs: readonly ValueType[];
  readonly result?: ValueType;
}

/** A function of int32 numbers. */
export interface ModuleFunction {
  readonly inputs: number;
  /** Gives nothing back where there is none. */
  readonly result?: ValueType;
  readonly locals: readonly ValueType[];
  readonly body: Code;
  /** Under which name it can be called from outside. */
  readonly exported?: string;
}

export interface ModuleParts {
  readonly imports: readonly ImportedFunction[];
  /** Pages of 64 KiB that the memory has at least. */
  readonly pages: number;
  /** Their indices follow those of the imports. */
  readonly functions: readonly ModuleFunction[];
}

/** Where imports are found: the memory is `memory` of it. */
export const importedFrom = "env";

/** What every module begins with, and the version of its form. */
const magic: Code = [0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0];

export function encodeModule({ imports, pages, functions }: ModuleParts): Uint8Array<ArrayBuffer> {
  const types = [
    ...imports.map(({ inputs, result }) => functionType(inputs, result)),
    ...functions.map(({ inputs, result }) => functionType(Array<ValueType>(inputs).fill("i32"), result)),
  ];
  const imported = imports.map(({ name }, at): Code => [...text(importedFrom), ...text(name), 0x00, ...unsigned(at)]);
  const memory: Code = [...text(importedFrom), ...text("memory"), 0x02, 0x00, ...unsigned(pages)];
  const exported = functions.flatMap((each, at): readonly Code[] =>
    each.exported === undefined ? [] : [[...text(each.exported), 0x00, ...unsigned(imports.length + at)]],
  );
  return Uint8Array.from([
    ...magic,
    ...section(1, types),
    ...section(2, [...imported, memory]),
    ...section(
      3,
      functions.map((_, at) => unsigned(imports.length + at)),
    ),
    ...section(7, exported),
    ...section(10, functions.map(functionBody)),
  ]);
}

function functionType(inputs: readonly ValueType[], result?: ValueType): Code {
  const types = inputs.map((type) => valueTypes[type]);
  const results = result === undefined ? [] : [valueTypes[result]];
  return [0x60, ...unsigned(types.length), ...types, results.length, ...results];
}

function functionBody({ locals, body }: ModuleFunction): Code {
  const declared = locals.flatMap((type) => [1, valueTypes[type]]);
  const code = [...unsigned(locals.length), ...declared, ...body, 0x0b];
  return [...unsigned(code.length), ...code];
}

function section(id: number, entries: readonly Code[]): Code {
  const content = [...unsigned(entries.length), ...joined(entries)];
  return [id, ...unsigned(content.length), ...content];
}

function text(value: string): Code {
  const bytes = new TextEncoder().encode(value);
  return [...unsigned(bytes.length), ...bytes];
}
