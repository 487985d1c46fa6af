/**
 * The plugin that Prettier loads, `mtlc/prettier`: the compiler's, with the width of the project file above each spec, so
 * that `prettier` lays out what `mtlc fmt` lays out.
 */
import type { Parser, ParserOptions, Plugin } from "prettier";
import { layoutOptions, parsers as own, plugin } from "./compiler/format/prettier-plugin.js";
import type { AnyNode } from "./compiler/syntax/index.js";
import { findProject } from "./runtime/specs/project-file.js";

export { defaultOptions, languages, printers } from "./compiler/format/prettier-plugin.js";

const parser: Parser<AnyNode> = {
  ...own.mtl,
  parse: (text, options: ParserOptions<AnyNode>) => {
    const width = options.filepath === undefined ? undefined : findProject(options.filepath)?.width;
    // A width that Prettier's own configuration gives goes before the project's.
    if (width !== undefined && options.printWidth === layoutOptions.printWidth) options.printWidth = width;
    return own.mtl.parse(text, options);
  },
};

export const parsers: { readonly mtl: Parser<AnyNode> } = { mtl: parser };

const withProject: Plugin<AnyNode> = { ...plugin, parsers: { ...parsers } };

export { withProject as plugin };
