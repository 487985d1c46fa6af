/** Requests that are wrong, each in a way of its own, and what their reason must tell. */

export interface Malformed {
  readonly what: string;
  /** Default: infer of KServe. */
  readonly url?: string;
  readonly method?: "POST" | "GET" | "PUT";
  readonly body?: string | Buffer;
  readonly headers?: Readonly<Record<string, string>>;
  readonly status?: number;
  readonly reason: RegExp;
}

const predict = "/v1/models/taste:predict";

const input = { name: "uid", shape: [1], datatype: "BYTES", data: ["u0"] };
const row = { uid: "u0", item: "i1", price: 1, tags: ["a"] };

const infer = (what: string, body: unknown, reason: RegExp): Malformed => ({
  what,
  body: JSON.stringify(body),
  reason,
});
const tensor = (what: string, changes: object, reason: RegExp): Malformed =>
  infer(what, { inputs: [{ ...input, ...changes }] }, reason);
const instances = (what: string, body: unknown, reason: RegExp): Malformed => ({
  ...infer(what, body, reason),
  url: predict,
});

export const malformed: readonly Malformed[] = [
  { what: "no body", reason: /the body must be an object, and is missing/ },
  { what: "half of an object", body: '{"inputs": [', reason: /the body is not JSON/ },
  { what: "text after the object", body: "{} {}", reason: /the body is not JSON/ },
  { what: "a bare word", body: "inputs", reason: /the body is not JSON/ },
  { what: "NaN", body: '{"inputs": NaN}', reason: /the body is not JSON/ },
  { what: "single quotes", body: "{'inputs': []}", reason: /the body is not JSON/ },
  { what: "bytes that are not UTF-8", body: Buffer.from([0x22, 0xff, 0xfe, 0x22]), reason: /not UTF-8/ },
  { what: "UTF-16", body: Buffer.from('{"inputs": []}', "utf16le"), reason: /not JSON/ },
  { what: "deep nesting", body: "[".repeat(9_000), reason: /not JSON/ },
  { what: "another type", body: "<a/>", headers: { "content-type": "text/xml" }, status: 415, reason: /must be JSON/ },
  {
    what: "a compressed body",
    body: "{}",
    headers: { "content-encoding": "gzip" },
    status: 415,
    reason: /encoding gzip are not read/,
  },
  { what: "a body that is too large", body: `{"id": "${"x".repeat(20_000)}"}`, status: 413, reason: /larger than/ },
  infer("null", null, /the body must be an object, and is null/),
  infer("a list", [], /the body must be an object, and is a list/),
  infer("a number", 3, /the body must be an object, and is a number/),
  infer("nothing in it", {}, /`inputs` must be a list, and is missing/),
  infer("inputs as an object", { inputs: {} }, /`inputs` must be a list, and is an object/),
  infer("no inputs", { inputs: [] }, /`inputs` is empty/),
  infer("an input that is null", { inputs: [null] }, /input 1 must be an object, and is null/),
  tensor("no name", { name: undefined }, /`name` of input 1 must be a text, and is missing/),
  tensor("a name that is a number", { name: 3 }, /`name` of input 1 must be a text, and is a number/),
  tensor("no shape", { shape: undefined }, /`shape` of input `uid` must be a list/),
  tensor("an empty shape", { shape: [] }, /must be whole numbers/),
  tensor("a negative shape", { shape: [-1] }, /must be whole numbers/),
  tensor("a shape that is not whole", { shape: [0.5] }, /must be whole numbers/),
  tensor("a shape that is huge", { shape: [9007199254740991] }, /has 9007199254740991 rows; at most/),
  tensor("two huge sides", { shape: [1, 9007199254740991] }, /does not fit its shape/),
  tensor("a shape that does not fit", { shape: [2] }, /does not fit its shape \[2\]/),
  tensor("no datatype", { datatype: undefined }, /`datatype` of input `uid` must be a text/),
  tensor("an unknown datatype", { datatype: "STRING" }, /has the datatype `STRING`; it may be BYTES/),
  tensor("a datatype of every object", { datatype: "constructor" }, /has the datatype `constructor`/),
  tensor("no data", { data: undefined }, /`data` of input `uid` must be a list, and is missing/),
  tensor("data in binary", { data: undefined, parameters: { binary_data_size: 4 } }, /binary are not read/),
  tensor("a number as BYTES", { data: [3] }, /row 1 of input `uid` is a number, and its datatype is BYTES/),
  tensor("a half as INT64", { datatype: "INT64", data: [0.5] }, /row 1 .* its datatype is INT64/),
  tensor("a number beyond 2^53", { datatype: "INT64", data: [9007199254740992] }, /beyond 2\^53/),
  tensor("an object as a value", { data: [{}] }, /is an object; a column has/),
  tensor("lists of lists", { data: [[["a"]]] }, /list of lists/),
  infer("an input twice", { inputs: [input, input] }, /there are two inputs `uid`/),
  infer(
    "inputs of different lengths",
    { inputs: [input, { ...input, name: "item", shape: [2], data: ["a", "b"] }] },
    /input `item` has 2 rows, and the inputs before it have 1/,
  ),
  infer("outputs that are texts", { inputs: [input], outputs: ["ctr"] }, /output 1 must be an object, and is a text/),
  infer("an id that is a number", { inputs: [input], id: 7 }, /`id` must be a text/),
  infer("columns that are missing", { inputs: [input] }, /`item`/),
  instances("neither form", {}, /either `instances`.*or `inputs`/),
  instances("both forms", { instances: [], inputs: {} }, /either `instances`.*or `inputs`/),
  instances("instances as an object", { instances: {} }, /`instances` must be a list/),
  instances("an instance that is a list", { instances: [[1]] }, /instance 1 must be an object, and is a list/),
  instances("a price that is a text", { instances: [row, { ...row, price: "dear" }] }, /`price`.*dear/),
  instances("a misspelt column", { instances: [row, { ...row, item: undefined, itme: "i1" }] }, /row 2 .*`itme`/),
  instances("a value that is an object", { instances: [{ ...row, uid: {} }] }, /`uid` of instance 1 is an object/),
  instances("another signature", { signature_name: "regress", instances: [row] }, /no signature `regress`/),
  instances("columns that are no lists", { inputs: { uid: "u0" } }, /input `uid` must be a list/),
  instances("no columns", { inputs: {} }, /`inputs` is empty/),
  instances("columns of different lengths", { inputs: { uid: ["a"], item: [] } }, /`item` has 0 rows/),
  instances("too many rows", { instances: Array(300).fill({}) }, /has 300 rows; at most 200/),
  {
    what: "an unknown model",
    url: "/v2/models/x/infer",
    body: "{}",
    status: 404,
    reason: /no model `x`; there is `taste`/,
  },
  { what: "a name of every object", url: "/v2/models/constructor/infer", body: "{}", status: 404, reason: /no model/ },
  {
    what: "an unknown version",
    url: "/v2/models/taste/versions/9/infer",
    body: "{}",
    status: 404,
    reason: /version 9 of model `taste` is not open; there is `1`/,
  },
  { what: "a path that is not there", url: "/v3", body: "{}", status: 404, reason: /nothing at POST \/v3/ },
  { what: "a path that is not text", url: "/v2/models/%ff/infer", body: "{}", status: 400, reason: /./ },
  { what: "another method", method: "PUT", body: "{}", status: 405, reason: /asked with POST, not with PUT/ },
  { what: "a read of infer", method: "GET", status: 405, reason: /asked with POST, not with GET/ },
  {
    what: "a deadline that is a word",
    body: "{}",
    headers: { "x-request-timeout-ms": "soon" },
    reason: /must be a number of milliseconds/,
  },
];
