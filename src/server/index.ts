/**
 * The language server. In come documents and requests of an editor over standard input; out go diagnostics and answers.
 * Each feature is a pure function from a compilation and a place to what the protocol wants; documents, files and the
 * connection are apart. It never writes a file: every change is an edit that the editor applies.
 */
export { startServer } from "./node/index.js";
