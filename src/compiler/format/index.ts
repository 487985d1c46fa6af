/**
 * The one layout of a spec: text in, the same spec in canonical layout out. The same Prettier printer serves the command
 * line, the editor and `prettier` itself. It never changes what a spec says or loses a comment, and gives up rather than
 * try; a text that does not parse is left unchanged.
 */
import type { Diagnostic } from "../diagnostics/index.js";
import type { Plugin } from "prettier";
import { parse, pathAt, type AnyNode, type ParseResult, type Spec } from "../syntax/index.js";
import { createSourceFile } from "../text/index.js";
import { blockKinds } from "./comments.js";
import { copyTree, saysTheSame } from "./same-tree.js";

/** How wide a line may be; nothing else can be chosen of the layout. Line ends and a byte order mark stay as they are. */
export interface FormatOptions {
  /** Columns, {@link defaultWidth} unless given. */
  readonly width?: number;
  /** What the text parses to, when that is known already. */
  readonly parsed?: ParseResult;
}

/** Why a text was not formatted. */
export class FormatError extends Error {
  override readonly name = "FormatError";

  constructor(
    /** `syntax`: the text does not parse. `changed`: the result would say something else, which is our own bug. */
    readonly reason: "syntax" | "changed",
    /** What is wrong with the text, for `syntax`. */
    readonly diagnostics: readonly Diagnostic[],
  ) {
    super(
      reason === "syntax"
        ? "the text does not parse, so it is left as it is"
        : "formatting would change what the spec says, so it is left as it is; please report this",
    );
  }
}

/** Columns of a line. */
export const defaultWidth = 100;

/** Passes after which a layout must no longer change. */
const passLimit = 4;

/**
 * The text in canonical layout; formatting that again changes nothing. Rejects with a {@link FormatError} when the text does
 * not parse.
 */
export async function format(text: string, { width = defaultWidth, parsed }: FormatOptions = {}): Promise<string> {
  const before = parsed ?? parse(createSourceFile("spec.mtl", text));
  if (before.diagnostics.length > 0) throw new FormatError("syntax", before.diagnostics);
  let [current, result] = [text, before];
  for (let pass = 0; pass < passLimit; pass++) {
    const formatted = await formatOnce(current, result, width);
    const after = parse(createSourceFile("spec.mtl", formatted));
    if (after.diagnostics.length > 0 || !saysTheSame(before.spec, after.spec)) throw new FormatError("changed", []);
    // A comment in an odd place may find another owner in its new place, and then moves once more.
    if (formatted === current || !hasOddComment(result.spec)) return formatted;
    [current, result] = [formatted, after];
  }
  throw new FormatError("changed", []);
}

/** Whether a comment is anywhere but between declarations or between the entries of a block. */
function hasOddComment(spec: Spec): boolean {
  return spec.comments.some(({ span }) => {
    const kind = pathAt(spec, span.start).at(-1)?.kind;
    return kind !== undefined && kind !== "Spec" && !blockKinds.has(kind);
  });
}

async function formatOnce(text: string, { spec }: ParseResult, width: number): Promise<string> {
  // Loaded when it is needed: most commands never format.
  const [prettier, { layoutOptions, plugin }] = await Promise.all([
    import("prettier/standalone"),
    import("./prettier-plugin.js"),
  ]);
  // The tree is at hand; Prettier takes a byte order mark and other line ends out before it parses, which moves every place.
  const isAsParsed = !/\r|^\uFEFF/.test(text);
  const plugins = [isAsParsed ? withTree(plugin, spec) : plugin];
  return prettier.format(text, { ...layoutOptions, parser: "mtl", plugins, printWidth: width });
}

/** The plugin with a parser that knows the tree; Prettier writes comments on the nodes it gets, so it gets a copy. */
function withTree(plugin: Plugin<AnyNode>, spec: Spec): Plugin<AnyNode> {
  const parser = plugin.parsers?.["mtl"];
  return parser === undefined ? plugin : { ...plugin, parsers: { mtl: { ...parser, parse: () => copyTree(spec) } } };
}
