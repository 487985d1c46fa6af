/** The experiments that docs/papers.md shows. */
import type { Paper } from "./report.js";

export const papers: readonly Paper[] = [];
