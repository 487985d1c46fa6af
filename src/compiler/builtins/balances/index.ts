/** The ways to balance losses. A new one is a file here and its line in the table. */
import type { BalanceBuiltin } from "../builtin.js";
import { fixed } from "./fixed.js";
import { pcgrad } from "./pcgrad.js";
import { uncertainty } from "./uncertainty.js";

export const balances: readonly BalanceBuiltin[] = [fixed, uncertainty, pcgrad];
