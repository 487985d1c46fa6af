/** The verbs, a line each, in the order in which editors offer them. */
import { boost } from "./boost.js";
import { cap } from "./cap.js";
import { dedupe } from "./dedupe.js";
import { dpp } from "./dpp.js";
import { drop } from "./drop.js";
import { explore } from "./explore.js";
import { mmr } from "./mmr.js";
import { pace } from "./pace.js";
import { pin } from "./pin.js";
import { spread } from "./spread.js";
import { suppress } from "./suppress.js";

export const verbs = { drop, boost, suppress, spread, explore, pin, mmr, dpp, dedupe, cap, pace };
