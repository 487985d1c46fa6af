/** What `npm run bench -- esmm` measures. */
import type { PaperResults } from "../results.js";
import type { WorldChoices } from "./world.js";

/** A method on the test half of one log. */
export interface Measured {
  /** AUC of pCVR on clicked rows, against what happened. */
  readonly cvrClicked: number;
  /** AUC of pCTR · pCVR on all rows, against what happened; the pCTR is that of the one CTR network. */
  readonly ctcvrAll: number;
  /** AUC of pCVR over all impressions, against conversions drawn for every one of them by the true probabilities. */
  readonly cvrTruth: number;
  /** AUC of pCTR · pCVR over all impressions, against the true product. */
  readonly ctcvrTruth: number;
  /** Mean pCVR over mean true probability, all impressions. */
  readonly calibration: number;
  /** Mean |pCVR − true probability| over 20 buckets of pCVR with equally many impressions. */
  readonly calibrationError: number;
}

/** All methods on one log. */
export interface EsmmRun {
  /** Of the settings that the options name. */
  readonly setting: string;
  /** Of the log and of all first values. */
  readonly seed: number;
  readonly log: {
    /** In the training half. */
    readonly clicks: number;
    readonly conversions: number;
    /** Mean true probability of a conversion over all impressions, and over clicked ones, of the test half. */
    readonly cvrAll: number;
    readonly cvrClicked: number;
  };
  /** AUC of the true probabilities themselves: no order does better in expectation. */
  readonly best: Pick<Measured, "cvrTruth" | "ctcvrTruth">;
  /** AUC of the one CTR network against the true probabilities. */
  readonly ctr: number;
  readonly methods: Readonly<Record<string, Measured>>;
}

/** A world that differs from the default one in what it says. */
export interface Setting {
  readonly name: string;
  readonly choices: Partial<WorldChoices>;
}

export interface EsmmResults extends PaperResults<EsmmRun> {
  readonly options: {
    /** Of the setting `default`; the seed is the run's. */
    readonly world: Omit<WorldChoices, "seed">;
    readonly settings: readonly Setting[];
  };
}

export const defaultSetting: Setting = { name: "default", choices: {} };
