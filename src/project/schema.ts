/** The JSON schema of `mtlc.json`, published as `grammar/schemas/mtlc.schema.json` for editors. */

/** What the schema checks a project file to be. */
export interface ProjectFile {
  readonly $schema?: string;
  readonly paths?: readonly string[];
  readonly edition?: number;
  readonly severities?: Readonly<Record<string, "error" | "warning" | "off">>;
  readonly denyWarnings?: boolean;
  readonly formatter?: { readonly width?: number };
}

/** The schema, for the editions that there are. */
export function projectSchema(editions: readonly number[]) {
  return {
    $schema: "http://json-schema.org/draft-07/schema#",
    $id: "https://mtlc.dev/schemas/mtlc.schema.json",
    title: "mtlc.json",
    description: "What a project says of its specs. Command-line options go before it.",
    type: "object",
    additionalProperties: false,
    properties: {
      $schema: { type: "string", description: "Where this schema is; for editors." },
      paths: {
        type: "array",
        items: { type: "string", minLength: 1 },
        description:
          'Folders relative to this file: `mtlc check` and `mtlc fmt` without arguments read the specs below them, and `import "a.mtl"` looks there for what is not beside the importing file.',
      },
      edition: {
        type: "integer",
        enum: editions,
        description: "The edition of specs without an `edition:` line.",
      },
      severities: {
        type: "object",
        additionalProperties: { enum: ["error", "warning", "off"] },
        description:
          'How loud warnings are, by code or slug: `{ "MTL6001": "off" }`. An error of the language stays an error.',
      },
      denyWarnings: {
        type: "boolean",
        description: "A warning makes `mtlc check`, `train`, `compile` and `test` exit with 1.",
      },
      formatter: {
        type: "object",
        additionalProperties: false,
        properties: {
          width: { type: "integer", minimum: 40, maximum: 400, description: "Columns of a line; 100 unless given." },
        },
        description: "How specs are laid out.",
      },
    },
  };
}
