/** The experiments that docs/papers.md shows. */
import { censusBest } from "./census-best/report.js";
import { delayedFeedbackPaper } from "./delayed-feedback/report.js";
import { esmmPaper } from "./esmm/report.js";
import { mmoeCensus } from "./mmoe-census/report.js";
import { mmoeSynthetic } from "./mmoe-synthetic/report.js";
import type { Paper } from "./report.js";

export const papers: readonly Paper[] = [mmoeSynthetic, mmoeCensus, censusBest, esmmPaper, delayedFeedbackPaper];
