import type { LookaheadTable } from "./lookahead-table.js";

/**
 * The lookahead of the grammar as the build worked it out; undefined in the sources themselves, where the parser works it out of
 * its grammar. `scripts/build.mjs` puts the table into this module.
 */
export const knownLookahead: LookaheadTable | undefined = undefined;
