/**
 * What the compiler says to people: the type, the one typed catalogue of codes, the reporter that stages write to,
 * and renderers. Stages report, they never print; a diagnostic becomes text only here.
 */
export * from "./diagnostic.js";
export * from "./define.js";
export * from "./catalogue/index.js";
export * from "./reporter.js";
export * from "./apply-edits.js";
export * from "./apply-fixes.js";
export * from "./severities.js";
export * from "./render/index.js";
