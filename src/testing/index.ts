/**
 * `mtlc/testing`: tests of specs, and of what editors show of them, in a project of one's own. In go specs on the disk or
 * texts with a cursor; out come tests of vitest, and what the language server would answer. Only this folder imports
 * vitest, which is an optional peer.
 */
export { completionsAt, hoverAt, marker, unmark, type OtherFiles, type UnmarkedText } from "./cursor.js";
export { specTests, type SpecTestsOptions } from "./spec-tests.js";
