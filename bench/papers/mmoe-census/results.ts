/** What `npm run bench -- mmoe-census` measures, and what the paper printed. */
import type { PaperResults } from "../results.js";
import type { Choice, Group } from "./methods.js";

/** AUC of the two tasks of a group: the paper's main task, and never married. */
export interface Scores {
  readonly main: number;
  readonly marital: number;
}

/** A training with a seed of its own, measured on the half that nothing was chosen on. */
export interface CensusRun extends Scores {
  readonly group: Group;
  readonly method: string;
  readonly seed: number;
}

/** A training of the search, measured on the half to choose on. */
export interface CensusTrial extends Scores {
  readonly group: Group;
  readonly method: string;
  readonly choice: Choice;
}

export interface CensusResults extends PaperResults<CensusRun> {
  readonly options: {
    readonly trials: number;
    readonly runs: number;
    readonly rows: { readonly train: number; readonly validation: number; readonly test: number };
  };
  readonly trials: readonly CensusTrial[];
}

/** The paper's figures: of the run with the best main task, and the mean of 400 runs. */
export interface PaperFigures {
  readonly best: Scores;
  readonly mean: Scores;
}

function figures(best: number, mean: number, maritalOfBest: number, marital: number): PaperFigures {
  return { best: { main: best, marital: maritalOfBest }, mean: { main: mean, marital } };
}

/** Ma et al., KDD 2018, tables 1 and 2, by group and method. */
export const paperFigures: Readonly<Record<Group, Readonly<Record<string, PaperFigures>>>> = {
  1: {
    single: figures(0.9398, 0.9337, 0.9933, 0.9922),
    shared_bottom: figures(0.9361, 0.9295, 0.9915, 0.9921),
    l2_constrained: figures(0.9389, 0.9359, 0.9922, 0.9918),
    cross_stitch: figures(0.9406, 0.9361, 0.9917, 0.9922),
    tensor_factorization: figures(0.746, 0.6765, 0.8175, 0.8412),
    omoe: figures(0.9387, 0.9319, 0.9928, 0.9923),
    mmoe: figures(0.941, 0.9359, 0.9926, 0.9927),
  },
  2: {
    single: figures(0.8843, 0.8792, 0.9933, 0.9922),
    shared_bottom: figures(0.8836, 0.8813, 0.9927, 0.9917),
    l2_constrained: figures(0.8855, 0.8823, 0.9923, 0.9918),
    cross_stitch: figures(0.8855, 0.8819, 0.9919, 0.9921),
    tensor_factorization: figures(0.7367, 0.7256, 0.7453, 0.7497),
    omoe: figures(0.8852, 0.8813, 0.9915, 0.9912),
    mmoe: figures(0.886, 0.8826, 0.9932, 0.9924),
  },
};
