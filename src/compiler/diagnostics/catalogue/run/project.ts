import { defineDiagnostics } from "../../define.js";

/** MTL805x: the project file, what it asks of commands, and migration. */
export const projectDiagnostics = defineDiagnostics({
  MTL8050: {
    slug: "project-not-json",
    severity: "error",
    title: "project file is not JSON",
    message: (p: { file: string }) => `\`${p.file}\` is not JSON`,
    about: "`mtlc.json`, the project file above a spec or the working directory, is not JSON.",
    fix: "The caret shows where. JSON has neither comments nor a comma after the last entry.",
  },
  MTL8051: {
    slug: "project-key",
    severity: "error",
    title: "wrong key or value in the project file",
    message: (p: { file: string; key: string; problem: string }) =>
      `${p.key === "" ? `\`${p.file}\`` : `\`${p.key}\` in \`${p.file}\``}: ${p.problem}`,
    about:
      "The project file has a key that is unknown, or a value that the key cannot have. Severities are those of warnings and notes: an error says that a spec has no meaning, and no setting lowers it.",
    fix: "The message names the key and what it takes. An editor that knows `grammar/schemas/mtlc.schema.json` completes the file.",
  },
  MTL8052: {
    slug: "denied-warnings",
    severity: "error",
    title: "denied warnings",
    message: (p: { warnings: number; by: string }) =>
      `${p.warnings === 1 ? "a warning is" : `${p.warnings} warnings are`} denied by ${p.by}; correct the spec, or suppress a warning with its reason`,
    about: "`--deny warnings`, or `denyWarnings` in the project file, makes a warning exit with 1.",
    fix: "Correct what the warnings name, or suppress one with its reason: `// mtlc-ignore MTL6001: kept for the next model`. `--deny none` allows warnings once.",
  },
  MTL8053: {
    slug: "migrate-broken-spec",
    severity: "error",
    title: "spec to migrate does not parse",
    message: (p: { file: string }) =>
      `\`${p.file}\` does not parse, so it is not migrated; correct it first: \`mtlc check ${p.file}\``,
    about: "`mtlc migrate` rewrites specs that parse, and this one does not.",
    fix: "`mtlc check` shows the errors. Correct them, then migrate.",
  },
});
