/** Reads what `print.ts` writes. It checks only the form: `verify.ts` checks the sense. */
import { GraphError } from "./graph-error.js";
import type {
  DType,
  GraphFunction,
  GraphNode,
  Initializer,
  NamedValue,
  NodeOf,
  OpName,
  Program,
  StatePiece,
  StateVariable,
  TensorType,
  Update,
  ValueId,
} from "./graph.js";
import { isOpName } from "./ops/table.js";

type ParsedVariable = StateVariable & { readonly pieces: StatePiece[] };
type ParsedFunction = GraphFunction & {
  readonly nodes: GraphNode[];
  readonly outputs: NamedValue[];
  readonly updates: Update[];
};

/** Throws {@link GraphError} with the number of the line that does not read. */
export function parseProgram(text: string): Program {
  const state: ParsedVariable[] = [];
  const functions: ParsedFunction[] = [];
  text.split("\n").forEach((line, index) => {
    if (line.trim() === "") return;
    const reader = new LineReader(line, index + 1);
    const [fn, variable] = [functions.at(-1), state.at(-1)];
    if (!line.startsWith(" ")) {
      if (reader.take("state")) state.push(readVariable(reader));
      else functions.push(readHeader(reader));
    } else if (fn !== undefined) {
      readFunctionLine(reader, fn);
    } else if (variable !== undefined) {
      variable.pieces.push(readPiece(reader));
    } else {
      reader.fail("`state` or `function`");
    }
    reader.end();
  });
  return { state, functions };
}

function readHeader(reader: LineReader): ParsedFunction {
  reader.expect("function");
  return { name: reader.text(), nodes: [], outputs: [], updates: [] };
}

function readVariable(reader: LineReader): ParsedVariable {
  const name = reader.text();
  reader.expect(":");
  const type = reader.type();
  const role = reader.oneOf(["parameter", "slot", "statistic", "step"] as const);
  return { name, type, role, pieces: [] };
}

function readPiece(reader: LineReader): StatePiece {
  reader.expect("piece");
  const name = reader.text();
  const row = reader.namedNumber("row");
  const rows = reader.namedNumber("rows");
  return { name, row, rows, initializer: readInitializer(reader) };
}

function readInitializer(reader: LineReader): Initializer {
  const kind = reader.oneOf(["constant", "normal", "truncated", "uniform", "diagonal"] as const);
  switch (kind) {
    case "constant":
      return { kind, value: reader.namedNumber("value") };
    case "normal":
      return { kind, mean: reader.namedNumber("mean"), deviation: reader.namedNumber("deviation") };
    case "truncated":
      return { kind, deviation: reader.namedNumber("deviation") };
    case "uniform":
      return { kind, low: reader.namedNumber("low"), high: reader.namedNumber("high") };
    case "diagonal":
      return {
        kind,
        on: reader.namedNumber("on"),
        off: reader.namedNumber("off"),
        size: reader.namedNumber("size"),
        block: reader.namedNumber("block"),
      };
  }
}

function readFunctionLine(reader: LineReader, fn: ParsedFunction): void {
  if (reader.take("output")) {
    const name = reader.text();
    reader.expect("=");
    fn.outputs.push({ name, value: reader.value() });
  } else if (reader.take("assign")) {
    const state = reader.text();
    reader.expect("=");
    fn.updates.push({ kind: "assign", state, value: reader.value() });
  } else if (reader.take("scatter")) {
    const state = reader.text();
    reader.expect("rows");
    const ids = reader.value();
    reader.expect("=");
    fn.updates.push({ kind: "scatter", state, ids, rows: reader.value() });
  } else {
    reader.expect("%");
    reader.expect(String(fn.nodes.length));
    fn.nodes.push(readNode(reader));
  }
}

function readNode(reader: LineReader): GraphNode {
  reader.expect(":");
  const type = reader.type();
  reader.expect("=");
  const op = reader.text();
  if (!isOpName(op)) throw new GraphError(`line ${reader.lineNumber}: there is no op \`${op}\``);
  const inputs: ValueId[] = [];
  while (reader.at("%")) inputs.push(reader.value());
  const attributes: Record<string, unknown> = {};
  while (!reader.at("@") && !reader.atEnd()) {
    const name = reader.text();
    reader.expect("=");
    attributes[name] = reader.attribute();
  }
  return { op, inputs, attributes, type, ...readOrigin(reader) } as NodeOf<OpName> as GraphNode;
}

/** `@ label=tower span=spec.mtl:120:131`, either or both. */
function readOrigin(reader: LineReader): Pick<GraphNode, "label" | "span"> {
  if (!reader.take("@")) return {};
  const label = reader.take("label") ? readLabel(reader) : {};
  return reader.take("span") ? { ...label, ...readSpan(reader) } : label;
}

function readLabel(reader: LineReader): Pick<GraphNode, "label"> {
  reader.expect("=");
  return { label: reader.text() };
}

function readSpan(reader: LineReader): Pick<GraphNode, "span"> {
  reader.expect("=");
  const file = reader.text();
  reader.expect(":");
  const start = reader.number();
  reader.expect(":");
  return { span: { file, start, end: reader.number() } };
}

/** A text in quotes; a word or a symbolic size, `32*B`; a number; a sign. */
const tokenPattern =
  /\s*(?:(?<quoted>"(?:[^"\\]|\\.)*")|(?<word>(?:\d+\*)?[A-Za-z_][\w.*/-]*)|(?<number>-?(?:\d[\w.+-]*|inf))|(?<sign>[=:@%[\],]))/y;
const dtypes: readonly DType[] = ["float32", "int32", "bool"];

interface Token {
  readonly kind: "quoted" | "word" | "number" | "sign" | "end";
  readonly text: string;
}

function tokensOf(line: string, lineNumber: number): readonly Token[] {
  const tokens: Token[] = [];
  const rest = line.trimEnd();
  tokenPattern.lastIndex = 0;
  while (tokenPattern.lastIndex < rest.length) {
    const from = tokenPattern.lastIndex;
    const { quoted, word, number, sign } = tokenPattern.exec(rest)?.groups ?? {};
    if (quoted !== undefined) tokens.push({ kind: "quoted", text: quoted });
    else if (word !== undefined) tokens.push({ kind: "word", text: word });
    else if (number !== undefined) tokens.push({ kind: "number", text: number });
    else if (sign !== undefined) tokens.push({ kind: "sign", text: sign });
    else throw new GraphError(`line ${lineNumber}: cannot read \`${rest.slice(from).trim()}\``);
  }
  return tokens;
}

/** The tokens of one line, from left to right. */
class LineReader {
  readonly #tokens: readonly Token[];
  #index = 0;

  constructor(
    line: string,
    readonly lineNumber: number,
  ) {
    this.#tokens = tokensOf(line, lineNumber);
  }

  fail(wanted: string): never {
    const { kind, text } = this.#token;
    const found = kind === "end" ? "the end of the line" : `\`${text}\``;
    throw new GraphError(`line ${this.lineNumber}: expected ${wanted}, found ${found}`);
  }

  /** Whether the next token is this sign or word; a quoted text is never one. */
  at(text: string): boolean {
    return this.#token.text === text && this.#token.kind !== "quoted";
  }

  /** Takes the sign or word if it is next. */
  take(text: string): boolean {
    const found = this.at(text);
    if (found) this.#index += 1;
    return found;
  }

  expect(text: string): void {
    if (!this.take(text)) this.fail(`\`${text}\``);
  }

  atEnd(): boolean {
    return this.#token.kind === "end";
  }

  end(): void {
    if (!this.atEnd()) this.fail("the end of the line");
  }

  oneOf<T extends string>(words: readonly T[]): T {
    return words.find((word) => this.take(word)) ?? this.fail(words.join(" or "));
  }

  text(): string {
    const { kind, text } = this.#token;
    if (kind !== "word" && kind !== "quoted") return this.fail("a name");
    this.#index += 1;
    return kind === "word" ? text : this.#unquote(text);
  }

  number(): number {
    if (!this.#isNumber()) return this.fail("a number");
    const { text } = this.#token;
    const value = Number(text.replace("inf", "Infinity"));
    if (Number.isNaN(value) && text !== "nan") return this.fail("a number");
    this.#index += 1;
    return value;
  }

  namedNumber(name: string): number {
    this.expect(name);
    this.expect("=");
    return this.number();
  }

  value(): ValueId {
    this.expect("%");
    return this.number();
  }

  type(): TensorType {
    return { dtype: this.oneOf(dtypes), shape: this.list() };
  }

  /** Numbers, and texts for everything else: a shape, or values. */
  list(): readonly (number | string)[] {
    const items: (number | string)[] = [];
    this.expect("[");
    while (!this.take("]")) {
      items.push(this.#scalar());
      if (!this.at("]")) this.expect(",");
    }
    return items;
  }

  attribute(): unknown {
    if (this.at("[")) return this.list();
    if (dtypes.some((name) => this.at(name)) && this.#tokens[this.#index + 1]?.text === "[") return this.type();
    if (this.take("true")) return true;
    return this.take("false") ? false : this.#scalar();
  }

  get #token(): Token {
    return this.#tokens[this.#index] ?? { kind: "end", text: "" };
  }

  #isNumber(): boolean {
    return this.#token.kind === "number" || this.at("nan") || this.at("inf");
  }

  #scalar(): number | string {
    return this.#isNumber() ? this.number() : this.text();
  }

  #unquote(text: string): string {
    try {
      return String(JSON.parse(text));
    } catch {
      throw new GraphError(`line ${this.lineNumber}: ${text} is not a text in JSON form`);
    }
  }
}
