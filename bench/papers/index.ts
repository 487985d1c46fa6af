/** The experiments that docs/papers.md shows. */
import { mmoeCensus } from "./mmoe-census/report.js";
import type { Paper } from "./report.js";

export const papers: readonly Paper[] = [mmoeCensus];
