/** KServe's protocol, version 2: tensors of columns in, tensors of heads out. */
import { own } from "../../../compiler/text/index.js";
import { badRequest } from "../fault.js";
import type { HeadValues } from "../../jobs/predict/predictor.js";
import type { ModelVersion, ServedColumn } from "../model-version.js";
import type { CallRows } from "../scoring/call-rows.js";
import { checkRowCount, checkValue, createColumns, kindOf, readList, readRecord, readText } from "./columns.js";

export interface KserveRequest {
  readonly id?: string;
  readonly rows: CallRows;
  /** Heads that are asked for; absent: all. */
  readonly outputs?: readonly string[];
}

/** @param mostRows that a request may have */
export function readKserve(body: unknown, mostRows: number): KserveRequest {
  const request = readRecord(body, "the body");
  const inputs = readList(request["inputs"], "`inputs`");
  if (inputs.length === 0) throw badRequest("`inputs` is empty; it has a tensor for each column");
  const columns = createColumns();
  for (const [i, input] of inputs.entries()) {
    const { name, values } = readTensor(input, `input ${i + 1}`, mostRows);
    columns.add(name, values);
  }
  const { id, outputs } = request;
  return {
    rows: columns.rows(),
    ...(id === undefined ? {} : { id: readText(id, "`id`") }),
    ...(outputs === undefined ? {} : { outputs: readOutputs(outputs) }),
  };
}

function readOutputs(outputs: unknown): readonly string[] {
  return readList(outputs, "`outputs`").map((output, i) =>
    readText(readRecord(output, `output ${i + 1}`)["name"], `\`name\` of output ${i + 1}`),
  );
}

function readTensor(
  input: unknown,
  what: string,
  mostRows: number,
): { readonly name: string; readonly values: readonly unknown[] } {
  const tensor = readRecord(input, what);
  const name = readText(tensor["name"], `\`name\` of ${what}`);
  const shape = readShape(tensor["shape"], name);
  const datatype = readText(tensor["datatype"], `\`datatype\` of input \`${name}\``);
  const isOf = own(datatypes, datatype);
  if (isOf === undefined)
    throw badRequest(
      `input \`${name}\` has the datatype \`${datatype}\`; it may be ${Object.keys(datatypes).join(", ")}`,
    );
  if (tensor["data"] === undefined && tensor["parameters"] !== undefined)
    throw badRequest(`input \`${name}\` has no \`data\`; tensors in binary are not read`);
  const [rows = 0, ...sides] = shape;
  checkRowCount(rows, mostRows);
  const width = sides.reduce((product, side) => product * side, 1);
  const data = readList(tensor["data"], `\`data\` of input \`${name}\``);
  const values = sides.length === 0 ? data : listsOf(data, rows, width);
  if (values.length !== rows)
    throw badRequest(`\`data\` of input \`${name}\` does not fit its shape [${shape.join(", ")}]`);
  for (let row = 0; row < rows; row += 1) {
    const value = values[row];
    if (isOf(value) && (typeof value !== "number" || Math.abs(value) <= Number.MAX_SAFE_INTEGER)) continue;
    checkTensorValue(value, isOf, () => ({ row: `row ${row + 1} of input \`${name}\``, datatype }));
  }
  return { name, values };
}

/** What is not simply a value of the datatype: null, a list, a mistake. */
function checkTensorValue(
  value: unknown,
  isOf: (value: unknown) => boolean,
  place: () => { readonly row: string; readonly datatype: string },
): void {
  checkValue(value, () => place().row);
  const parts = Array.isArray(value) ? (value as readonly unknown[]) : [value];
  const wrong = parts.find((each) => each !== null && !isOf(each));
  if (wrong === undefined) return;
  const { row, datatype } = place();
  throw badRequest(`${row} is ${kindOf(wrong)}, and its datatype is ${datatype}`);
}

function readShape(value: unknown, name: string): readonly number[] {
  const shape = readList(value, `\`shape\` of input \`${name}\``);
  const isShape = (each: unknown): each is number => Number.isSafeInteger(each) && (each as number) >= 0;
  if (shape.length > 0 && shape.every(isShape)) return shape;
  throw badRequest(`\`shape\` of input \`${name}\` must be whole numbers, the number of rows first`);
}

/** A list for each row: of data that is flat, or has a list per row already. */
function listsOf(data: readonly unknown[], rows: number, width: number): readonly unknown[] {
  if (data.length === rows && data.every(Array.isArray)) {
    const lists = data.map((row: readonly unknown[]) => row.flat(Infinity));
    return lists.every((row) => row.length === width) ? lists.map((row) => (width === 1 ? row[0] : row)) : [];
  }
  if (data.length !== rows * width) return [];
  return Array.from({ length: rows }, (_, row) =>
    width === 1 ? data[row] : data.slice(row * width, (row + 1) * width),
  );
}

const isNumber = (value: unknown): boolean => typeof value === "number";
const isInteger = (value: unknown): boolean => Number.isInteger(value);

/** The datatypes of tensors, and whether a value of JSON is one. */
const datatypes: Readonly<Record<string, (value: unknown) => boolean>> = {
  BYTES: (value) => typeof value === "string",
  BOOL: (value) => typeof value === "boolean",
  FP64: isNumber,
  FP32: isNumber,
  FP16: isNumber,
  INT64: isInteger,
  INT32: isInteger,
  INT16: isInteger,
  INT8: isInteger,
  UINT64: isInteger,
  UINT32: isInteger,
  UINT16: isInteger,
  UINT8: isInteger,
};

interface KserveTensor {
  readonly name: string;
  readonly shape: readonly number[];
  readonly datatype: string;
}

/** Throws a ServeFault (400) where an output is asked for that is not a head. */
export function checkOutputs({ outputs = [] }: KserveRequest, heads: readonly string[]): void {
  const unknown = outputs.find((name) => !heads.includes(name));
  if (unknown !== undefined) throw badRequest(`there is no output \`${unknown}\`; there is ${heads.join(", ")}`);
}

/** The answer; a head that a row has no value of is null there. */
export function kserveAnswer(
  { model, version }: ModelVersion,
  { id, outputs }: KserveRequest,
  values: HeadValues,
): object {
  const heads = outputs ?? Object.keys(values);
  return {
    model_name: model,
    model_version: version,
    ...(id === undefined ? {} : { id }),
    outputs: heads.map((name) => {
      const head = own(values, name) ?? new Float32Array();
      return { name, shape: [head.length], datatype: "FP32", data: Array.from(head) };
    }),
  };
}

/** What KServe asks of a model. */
export function kserveMetadata({ model, description }: ModelVersion, versions: readonly string[]): object {
  const { columns, heads } = description;
  return {
    name: model,
    versions,
    platform: "mtlc",
    inputs: columns.map(inputOf),
    outputs: heads.map((name) => ({ name, datatype: "FP32", shape: [-1] })),
  };
}

function inputOf({ name, datatype, isList }: ServedColumn): KserveTensor {
  return { name, datatype, shape: isList ? [-1, -1] : [-1] };
}
