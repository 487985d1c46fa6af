/** MTL714x: data that can be read, and that a model learns nothing from, or the wrong thing. */
import type { RunTimeMeaning } from "./run-time.js";

export const dataQualityMeanings: Readonly<Record<string, RunTimeMeaning>> = {
  MTL7140: {
    how: "No row of the training data is in the sample space of the task with a known label: its condition holds nowhere, or its label is null everywhere. The task keeps its first weights, and is served.",
    fix: "Look at the expression of the label and at the columns that it reads. Take the task away while it has no data.",
  },
  MTL7141: {
    how: "Every row that the task learns from has one answer: the event never happens or always does, or the amount is one number. Most often the expression of the label is wrong.",
    fix: "Look at the expression of the label, such as a comparison with a value that the file never has.",
  },
  MTL7142: {
    how: "A role is named and gets no row: a file of a header without rows, or a split whose keys all fall on the other side. Rows with one key stay together, so a few users may all train.",
    fix: "Split by a column of many values, or by rows: `split(fraction: 0.8)`; or name files of their own.",
  },
  MTL7143: {
    how: "The column of sample weights is 0 in every training row, and a row of weight 0 is not trained on.",
    fix: "Look at the column, or take `weight` away.",
  },
  MTL7144: {
    how: "A role that is measured on names a file that is trained on, without a split between the two.",
    fix: "Name another file, or cut the one: `split: split(by: hash(user_id), 0.8, rest: test)`.",
  },
  MTL7145: {
    how: "Rows of the validation or test data occur among the training rows as they are, label included, much more often than training rows repeat each other: a copy of the file, or files that overlap. Up to a million training rows are searched, for 2,000 rows.",
    fix: "Take the rows out of one of the two files, or cut one file by a split.",
  },
  MTL7147: {
    how: "One feature alone orders the rows by the label almost without a mistake. Such a column was most often made from the label, or is known only after it. Measured on up to 16,384 training rows; values are rated on one half and judged on the other.",
    fix: "Leave the feature out, unless serving has it at the moment of the request.",
  },
  MTL7148: {
    how: "The feature is the same in every training row: its column is empty, holds one value, or holds only values that the vocabulary does not have, as with `values:` that are written otherwise in the file.",
    fix: "Leave it out, or look at its column, its `values:`, its `min_count:` and its boundaries.",
  },
  MTL7149: {
    how: "At least half of the values of the feature in these rows are not in the vocabulary, which training filled; all of them share the embedding of an unknown value.",
    fix: "Look whether both files write the values alike. For ids that are always new, use `hash:`, or features that say what they are.",
  },
};
