/**
 * The project file, `mtlc.json`: one reader for the command line, the language server, the Prettier plugin and the library.
 * In goes a text; out comes what it says, or a diagnostic at the key that is wrong. It reads no file, and loads no package:
 * whoever calls it hands the two that it needs, so that a command without a project file pays for neither.
 */
import type { Ajv } from "ajv";
import type * as jsonc from "jsonc-parser";
import { codeNames, createDiagnostic, definitionOf, findCode, type Diagnostic } from "../compiler/diagnostics/index.js";
import type { SeverityLevel, SpecSettings } from "../compiler/host.js";
import { language } from "../compiler/semantics/index.js";
import { omitUndefined, suggest, type Span } from "../compiler/text/index.js";
import { projectSchema, type ProjectFile } from "./schema.js";

export { projectSchema } from "./schema.js";

/** The name of a project file. */
export const projectFileName = "mtlc.json";

/** What a project says. */
export interface Project {
  /** The path of its file. */
  readonly file: string;
  /** Folders, relative to the file's folder. Absent: the file says nothing of them. */
  readonly paths?: readonly string[];
  readonly edition?: number;
  /** By code. */
  readonly severities: ReadonlyMap<string, SeverityLevel>;
  readonly denyWarnings: boolean;
  /** Columns of a line of formatted specs. */
  readonly width?: number;
}

/** The packages that reading takes. */
export interface JsonTools {
  readonly createAjv: () => Pick<Ajv, "validate" | "errors">;
  readonly parseTree: typeof jsonc.parseTree;
  readonly findNodeAtLocation: typeof jsonc.findNodeAtLocation;
}

export type ProjectResult =
  { readonly kind: "project"; readonly project: Project } | { readonly kind: "wrong"; readonly diagnostic: Diagnostic };

/** What the compiler reads of a project, its folders as the caller's paths are. */
export function settingsOf({ edition, severities }: Project, paths: readonly string[]): SpecSettings {
  return { ...omitUndefined({ edition }), severities, paths };
}

/** What a project file says, or the first thing that is wrong with it. */
export function parseProject(file: string, text: string, tools: JsonTools): ProjectResult {
  let value: unknown;
  try {
    value = JSON.parse(text.replace(/^\uFEFF/, ""));
  } catch {
    const errors: jsonc.ParseError[] = [];
    tools.parseTree(text, errors, { disallowComments: true });
    const { offset = 0, length = 0 } = errors[0] ?? {};
    return wrong(createDiagnostic("MTL8050", { file }, { file, start: offset, end: offset + length }));
  }
  const wrongKey = (path: readonly (string | number)[], problem: string): ProjectResult =>
    wrong(createDiagnostic("MTL8051", { file, key: path.join("."), problem }, spanOf(file, text, path, tools)));
  const ajv = tools.createAjv();
  const schema = projectSchema(language.editions.map(({ edition }) => edition));
  if (!ajv.validate(schema, value)) {
    const { problem, path } = describeError(ajv.errors?.[0], schema);
    return wrongKey(path, problem);
  }
  const read = value as ProjectFile;
  const severities = new Map<string, SeverityLevel>();
  for (const [name, level] of Object.entries(read.severities ?? {})) {
    const code = findCode(name);
    const problem = code === undefined ? unknownCode(name) : problemOf(code, level);
    if (code === undefined || problem !== undefined) return wrongKey(["severities", name], problem ?? "");
    severities.set(code, level);
  }
  const { paths, edition, denyWarnings = false, formatter } = read;
  return {
    kind: "project",
    project: {
      file,
      ...omitUndefined({ paths, edition }),
      severities,
      denyWarnings,
      ...(formatter?.width === undefined ? {} : { width: formatter.width }),
    },
  };
}

function wrong(diagnostic: Diagnostic): ProjectResult {
  return { kind: "wrong", diagnostic };
}

function unknownCode(name: string): string {
  const suggestion = suggest(name, codeNames());
  return `no message of mtlc has this code or slug${suggestion === undefined ? "" : `; did you mean \`${suggestion}\`?`}`;
}

/** Why a code cannot have a level: an error says that a spec has no meaning, which no setting changes. */
function problemOf(code: string, level: SeverityLevel): string | undefined {
  const { severity } = definitionOf(code);
  return severity === "error" && level !== "error" ? "an error cannot be lowered; only warnings can" : undefined;
}

interface SchemaError {
  readonly instancePath: string;
  readonly keyword: string;
  readonly message?: string;
  readonly params: Readonly<Record<string, unknown>>;
}

/** What is wrong in words, and the key that it is wrong at. */
function describeError(
  error: SchemaError | undefined,
  { properties }: ReturnType<typeof projectSchema>,
): {
  readonly problem: string;
  readonly path: readonly (string | number)[];
} {
  const { instancePath = "", keyword = "", params = {}, message = "is not valid" } = error ?? {};
  const path = instancePath
    .split("/")
    .slice(1)
    .map((part) => part.replaceAll("~1", "/").replaceAll("~0", "~"))
    .map((part) => (/^\d+$/.test(part) ? Number(part) : part));
  switch (keyword) {
    case "additionalProperties": {
      const unknown = String(params["additionalProperty"]);
      const inside = path.length === 0 ? properties : properties.formatter.properties;
      const known = Object.keys(inside).filter((key) => !key.startsWith("$"));
      const suggestion = suggest(unknown, known);
      const meant = suggestion === undefined ? `; there are ${known.join(", ")}` : `; did you mean \`${suggestion}\`?`;
      return { problem: `this key is unknown${meant}`, path: [...path, unknown] };
    }
    case "enum":
      return { problem: `it must be ${list(params["allowedValues"])}`, path };
    case "type":
      return { problem: `it must be ${article(String(params["type"]))}`, path };
    case "minimum":
    case "maximum":
      return { problem: `it must be ${String(params["comparison"])} ${String(params["limit"])}`, path };
    default:
      return { problem: `it ${message}`, path };
  }
}

function list(values: unknown): string {
  return Array.isArray(values) ? values.map((value) => JSON.stringify(value)).join(" or ") : "";
}

function article(type: string): string {
  switch (type) {
    case "boolean":
      return "true or false";
    case "integer":
      return "a whole number";
    case "array":
      return "a list";
    case "object":
      return "an object, `{ … }`";
    default:
      return `a ${type}`;
  }
}

/** The place of a key's value; of the nearest part around it where there is none. */
function spanOf(file: string, text: string, path: readonly (string | number)[], tools: JsonTools): Span {
  const tree = tools.parseTree(text);
  const node = tree === undefined ? undefined : tools.findNodeAtLocation(tree, [...path]);
  // A key says more than its value: `"widht": 80`.
  const shown = node?.parent?.type === "property" ? node.parent.children?.[0] : node;
  const { offset = 0, length = 0 } = shown ?? {};
  return { file, start: offset, end: offset + length };
}
