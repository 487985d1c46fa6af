/** Heads whose rows teach nothing, or one answer. */
import { createDiagnostic, type Diagnostic } from "../../../compiler/diagnostics/index.js";
import type { EventModel } from "../../../compiler/model/heads.js";
import { labelOfEvent } from "../../../compiler/model/labels.js";
import type { Model } from "../../../compiler/model/model.js";
import type { Span } from "../../../compiler/text/index.js";
import type { Dataset } from "../../data/index.js";
import { addRows, emptyCounts, isSettled, problemOf, type SpaceCounts, type TrueType } from "./space-counts.js";

/** Rows looked at between two looks at whether all is settled. */
const scanBatch = 4096;

/** A head and the rows that something of it sees. */
export interface Space {
  readonly head: string;
  readonly type: TrueType;
  readonly given: EventModel;
  readonly span: Span;
}

/** The spaces of the loss: what each trained head learns from. */
export function trainedSpaces(model: Pick<Model, "heads" | "loss">): readonly Space[] {
  return model.loss.terms.flatMap(({ head, space, span }) => {
    const type = model.heads.find(({ name }) => name === head)?.type;
    return type === undefined || type.kind === "score" ? [] : [{ head, type, given: space, span }];
  });
}

/** Counts of each space over the rows of a data set; without `whole`, only until every space is settled. */
export function countSpaces(
  spaces: readonly Space[],
  data: Dataset,
  model: Pick<Model, "labels">,
  { whole }: { readonly whole: boolean },
): readonly SpaceCounts[] {
  const counts = spaces.map(emptyCounts);
  for (const batch of data.batches({ size: scanBatch, pad: false })) {
    const rows = { rows: batch.rows, labels: model.labels, values: batch.labels, known: batch.known };
    const open = spaces.flatMap((space, i) => {
      const own = counts[i];
      return own === undefined || (!whole && isSettled(own)) ? [] : [{ space, own }];
    });
    if (open.length === 0) break;
    for (const { space, own } of open) addRows(own, space.type, space.given, rows, batch.weights);
  }
  return counts;
}

/** Warnings for the heads that the training rows teach nothing (MTL7140) or one answer (MTL7141), or have weight 0 (MTL7143). */
export function warnOfSpaces(model: Model, data: Dataset): readonly Diagnostic[] {
  const spaces = trainedSpaces(model);
  const counts = countSpaces(spaces, data, model, { whole: false });
  const [first] = counts;
  if (first !== undefined && first.weighted === 0 && first.rows === data.rows) {
    const column = model.data.weight ?? "";
    return [
      createDiagnostic(
        "MTL7143",
        { column, rows: data.rows },
        model.data.train?.span ?? spaces[0]?.span ?? { file: "", start: 0, end: 0 },
      ),
    ];
  }
  return spaces.flatMap(({ head, type, given, span }, i) => {
    const problem = problemOf(counts[i] ?? emptyCounts(), type, given, model.labels, "train");
    if (problem === undefined) return [];
    const code = problem.kind === "nothing" ? "MTL7140" : "MTL7141";
    return [createDiagnostic(code, { head, reason: problem.reason }, span, { help: lookAtLabels(model, type) })];
  });
}

/** Where the labels that a head speaks of are made. */
function lookAtLabels({ labels }: Pick<Model, "labels">, type: TrueType): string {
  const names =
    type.kind === "probability"
      ? type.event.flatMap((l) => (l.kind === "label" ? [l.label] : l.labels)).map(labelOfEvent)
      : [type.label];
  const sources = labels.filter(({ name }) => names.includes(name)).map(({ name }) => `\`${name}\``);
  return `look at how ${sources.join(" and ")} ${sources.length > 1 ? "are" : "is"} made in \`labels\`, and at the file`;
}
