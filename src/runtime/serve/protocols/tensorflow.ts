/** TensorFlow Serving's REST protocol: rows, or columns, of raw values in, and predictions out. */
import { badRequest } from "../fault.js";
import type { HeadValues } from "../../jobs/predict/predictor.js";
import { type CallRows, recordRows } from "../scoring/call-rows.js";
import { checkRowCount, checkValue, createColumns, readList, readRecord, readText } from "./columns.js";

export interface PredictRequest {
  /** `instances`: a record per row; `inputs`: a list per column. The answer is laid out in the same way. */
  readonly form: "instances" | "inputs";
  readonly rows: CallRows;
}

/** The one signature that there is. */
const signature = "serving_default";

/** @param mostRows that a request may have */
export function readPredict(body: unknown, mostRows: number): PredictRequest {
  const request = readRecord(body, "the body");
  const { instances, inputs, signature_name: wanted } = request;
  if (wanted !== undefined && readText(wanted, "`signature_name`") !== signature && wanted !== "predict")
    throw badRequest(`there is no signature \`${String(wanted)}\`; it is \`${signature}\`, or left out`);
  if ((instances === undefined) === (inputs === undefined))
    throw badRequest("the body must have either `instances`, a list of rows, or `inputs`, an object of columns");
  return instances === undefined
    ? { form: "inputs", rows: readInputs(inputs, mostRows) }
    : { form: "instances", rows: readInstances(instances, mostRows) };
}

function readInstances(instances: unknown, mostRows: number): CallRows {
  const rows = readList(instances, "`instances`");
  checkRowCount(rows.length, mostRows);
  return recordRows(
    rows.map((row, i) => {
      const record = readRecord(row, `instance ${i + 1}`);
      for (const name of Object.keys(record)) checkValue(record[name], () => `\`${name}\` of instance ${i + 1}`);
      return record;
    }),
  );
}

function readInputs(inputs: unknown, mostRows: number): CallRows {
  const entries = Object.entries(readRecord(inputs, "`inputs`"));
  if (entries.length === 0) throw badRequest("`inputs` is empty; it has a list for each column");
  const columns = createColumns();
  for (const [name, given] of entries) {
    const values = readList(given, `input \`${name}\``);
    checkRowCount(values.length, mostRows);
    columns.add(name, values);
    values.forEach((value, row) => checkValue(value, () => `row ${row + 1} of input \`${name}\``));
  }
  return columns.rows();
}

/** The answer, as JSON. One head is a list of numbers, several are a record per row, or a list per head. */
export function predictAnswer(form: PredictRequest["form"], rows: number, values: HeadValues): string {
  const heads = Object.entries(values);
  const [[, only] = []] = heads;
  if (form === "inputs")
    return JSON.stringify({
      outputs:
        heads.length === 1
          ? Array.from(only ?? [])
          : Object.fromEntries(heads.map(([name, all]) => [name, Array.from(all)])),
    });
  if (heads.length === 1) return JSON.stringify({ predictions: Array.from(only ?? []) });
  // A record of each row, to be written as a text, takes twice as long as the text.
  const names = heads.map(([name], i) => `${i === 0 ? "{" : ","}${JSON.stringify(name)}:`);
  let text = '{"predictions":[';
  for (let row = 0; row < rows; row++) {
    if (row > 0) text += ",";
    for (let head = 0; head < heads.length; head++) {
      const value = heads[head]![1][row]!;
      text += names[head]! + (Number.isFinite(value) ? value : "null");
    }
    text += heads.length === 0 ? "{}" : "}";
  }
  return `${text}]}`;
}
