/** The ways to balance losses. A new one is a file here and its line in the table. */
import type { BalanceBuiltin } from "../builtin.js";
import { alignedMtl } from "./aligned_mtl.js";
import { cagrad } from "./cagrad.js";
import { dbMtl } from "./db_mtl.js";
import { dwa } from "./dwa.js";
import { famo } from "./famo.js";
import { fixed } from "./fixed.js";
import { gls } from "./gls.js";
import { graddrop } from "./graddrop.js";
import { gradnorm } from "./gradnorm.js";
import { gradvac } from "./gradvac.js";
import { imtl } from "./imtl.js";
import { metabalance } from "./metabalance.js";
import { mgda } from "./mgda.js";
import { nashMtl } from "./nash_mtl.js";
import { pareto } from "./pareto.js";
import { pcgrad } from "./pcgrad.js";
import { rlw } from "./rlw.js";
import { stch } from "./stch.js";
import { uncertainty } from "./uncertainty.js";

export const balances: readonly BalanceBuiltin[] = [
  fixed,
  uncertainty,
  gradnorm,
  dwa,
  gls,
  rlw,
  famo,
  stch,
  pcgrad,
  gradvac,
  graddrop,
  cagrad,
  mgda,
  imtl,
  nashMtl,
  alignedMtl,
  metabalance,
  pareto,
  dbMtl,
];
