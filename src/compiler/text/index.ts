/** Source text, spans and spelling: what every stage builds on. Of the language it knows how names and texts are written. */
export * from "./span.js";
export * from "./source-file.js";
export * from "./spelling.js";
export * from "./hidden.js";
export * from "./paths.js";
export * from "./urls.js";
export * from "./markup.js";
export * from "./names.js";
export * from "./own.js";
export * from "./canonical.js";
export * from "./compare-text.js";
export * from "./number-text.js";
export * from "./omit-undefined.js";
export * from "./plural.js";
export * from "./quote.js";
export * from "./time-zone.js";
