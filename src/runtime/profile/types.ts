/** What a profile says of the data of a spec. Shares lie in [0, 1]. Plain JSON. */
import type { FeatureModel } from "../../compiler/model/model.js";
import type { DataRole } from "../data/index.js";

export interface DataProfile {
  readonly model: string;
  /** Training, validation and test data, as far as there are files for them. */
  readonly roles: readonly RoleProfile[];
  readonly warnings: readonly ProfileWarning[];
}

export interface ProfileWarning {
  readonly code: string;
  readonly message: string;
  readonly help?: string;
}

export interface RoleProfile {
  readonly role: DataRole;
  readonly files: readonly string[];
  readonly rows: number;
  /** Rows of which the values of features were counted: the first ones. All else is over all rows. */
  readonly sampledRows: number;
  readonly features: readonly FeatureProfile[];
  readonly labels: readonly LabelProfile[];
  /** One for each task and chain that has a truth on single rows. */
  readonly heads: readonly HeadProfile[];
  readonly group?: GroupProfile;
  readonly weight?: WeightProfile;
}

export interface FeatureProfile {
  readonly name: string;
  readonly kind: FeatureModel["kind"];
  /** The column or expression that it is made from. */
  readonly source: string;
  /** Rows without a value, of all rows; of a bag, rows without any. */
  readonly nulls: number;
  readonly nullShare: number;
  /** Different values in the sample. */
  readonly distinct: number;
  /** Ids, that of an unknown value included; absent for a numeric feature. */
  readonly ids?: number;
  /** Share of the values that have no id of their own; validation and test data, features with a vocabulary. */
  readonly unseenShare?: number;
  /** Of numeric and bucket features with a value in the sample. */
  readonly numbers?: NumberProfile;
  /** The most frequent values of the sample, at most ten. */
  readonly top?: readonly ValueShare[];
  /** Of a bag: values per row. */
  readonly valuesPerRow?: { readonly minimum: number; readonly mean: number; readonly maximum: number };
  /** By event label, how well this feature sorts it (0.5: not at all), on a sample of the training data. */
  readonly auc?: readonly { readonly label: string; readonly auc: number }[];
}

export interface NumberProfile {
  readonly minimum: number;
  readonly mean: number;
  readonly maximum: number;
  /** Values in twelve intervals of equal width from the minimum to the maximum; one interval when these are equal. */
  readonly histogram: readonly number[];
}

export interface ValueShare {
  readonly value: string;
  readonly count: number;
  /** Of the values in the sample. */
  readonly share: number;
}

export interface LabelProfile {
  readonly name: string;
  readonly kind: "event" | "amount" | "classes";
  readonly source: string;
  /** Rows where it is null. */
  readonly nulls: number;
  /** Of an event, the share of known rows that have it; of an amount, its mean. Absent of classes, and when it is never known. */
  readonly mean?: number;
}

export interface HeadProfile {
  readonly name: string;
  /** `P(buy | click)`. */
  readonly predicts: string;
  /** Rows of its sample space with a weight above 0. */
  readonly rows: number;
  /** Of these, rows where the truth is known. */
  readonly known: number;
  /** The mean truth of the known rows: of a probability, the rate. Absent without a known row. */
  readonly mean?: number;
}

export interface GroupProfile {
  readonly column: string;
  readonly groups: number;
  /** Rows where the column is null: they belong to no group. */
  readonly ungrouped: number;
  /** Sizes of groups at ranks. Absent without a group. */
  readonly rowsPerGroup?: {
    readonly minimum: number;
    readonly p25: number;
    readonly median: number;
    readonly p75: number;
    readonly maximum: number;
  };
}

export interface WeightProfile {
  readonly column: string;
  readonly minimum: number;
  readonly mean: number;
  readonly maximum: number;
  readonly zeroShare: number;
}
