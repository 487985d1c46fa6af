/** `metrics.py`: what each head is measured on, and metrics over the rows of all processes. */
import type { ValueId } from "../../../graph/index.js";
import type { Forward } from "../../../lower/index.js";
import type { MetricModel, Model } from "../../../model/index.js";
import { createBody, statementLines } from "../body.js";
import { blocksOf, importsFor, usedBlocks } from "../library.js";
import { atom, createNames, identifier, quote } from "../python.js";
import { labelOf } from "./losses.js";

const library = String.raw`
class Metric(Protocol):
    """Rows go in, a batch at a time; the value is that of the rows of all processes."""

    def update(self, prediction: Tensor, target: Tensor) -> None: ...

    def value(self) -> float: ...


class Sums:
    """Sums over rows, added up over all processes."""

    def __init__(self) -> None:
        self.sums = torch.zeros(2, dtype=torch.float64)

    def add(self, numerator: Tensor, denominator: Tensor) -> None:
        self.sums += torch.stack([numerator.double().sum(), denominator.double().sum()]).cpu()

    def quotient(self) -> float:
        numerator, denominator = all_reduced(self.sums).tolist()
        return numerator / denominator if denominator != 0 else float("nan")


class LogLoss(Sums):
    """The mean of −log of the probability that was given to what happened."""

    def update(self, prediction: Tensor, target: Tensor) -> None:
        p = prediction.double().clamp(2**-23, 1 - 2**-23)
        self.add(-torch.where(target == 1, p.log(), torch.log1p(-p)), torch.ones_like(target))

    def value(self) -> float:
        return self.quotient()


class Calibration(Sums):
    """Sum of predictions over sum of outcomes."""

    def update(self, prediction: Tensor, target: Tensor) -> None:
        self.add(prediction, target)

    def value(self) -> float:
        return self.quotient()


class Accuracy(Sums):
    """Share of rows on the right side of 0.5."""

    def update(self, prediction: Tensor, target: Tensor) -> None:
        self.add((prediction >= 0.5) == (target == 1), torch.ones_like(target))

    def value(self) -> float:
        return self.quotient()


class MeanAbsoluteError(Sums):
    def update(self, prediction: Tensor, target: Tensor) -> None:
        self.add((prediction.double() - target).abs(), torch.ones_like(target))

    def value(self) -> float:
        return self.quotient()


class RootMeanSquaredError(Sums):
    def update(self, prediction: Tensor, target: Tensor) -> None:
        self.add((prediction.double() - target).square(), torch.ones_like(target))

    def value(self) -> float:
        return math.sqrt(self.quotient())


class Auc:
    """
    Area under the ROC curve, from counts of positives and negatives in bins of the log-odds, which
    processes can add up. Rows of one bin count as ties: the bins are so narrow that this changes
    the area by less than 1e-6.
    """

    BINS = 1 << 20
    LIMIT = 20.0  # log-odds beyond it are in the first and the last bin

    def __init__(self) -> None:
        self.counts = torch.zeros(2, self.BINS, dtype=torch.float64)

    def update(self, prediction: Tensor, target: Tensor) -> None:
        p = prediction.double().cpu()
        place = (torch.logit(p).clamp(-self.LIMIT, self.LIMIT) / self.LIMIT + 1) / 2
        bins = (place * (self.BINS - 1)).long()
        for row, positive in enumerate((False, True)):
            chosen = bins[(target.cpu() == 1) == positive]
            self.counts[row] += torch.bincount(chosen, minlength=self.BINS)

    def value(self) -> float:
        negatives, positives = all_reduced(self.counts)
        below = negatives.cumsum(0) - negatives / 2
        area = (positives * below).sum() / (positives.sum() * negatives.sum())
        return area.item()


def all_reduced(x: Tensor) -> Tensor:
    """The sum over all processes."""
    if dist.is_initialized():
        dist.all_reduce(x)
    return x
`;

const classes: Readonly<Record<string, string>> = {
  auc: "Auc",
  logloss: "LogLoss",
  calibration: "Calibration",
  accuracy: "Accuracy",
  mae: "MeanAbsoluteError",
  rmse: "RootMeanSquaredError",
};

/** Metrics of a head that the package measures: those without arguments that sums over rows are enough for. */
export function measuredMetrics(metrics: readonly MetricModel[]): readonly string[] {
  return metrics.flatMap((metric) => (typeof metric === "string" && classes[metric] !== undefined ? [metric] : []));
}

/** The heads that are measured: those with a number per row and a truth on single rows. */
export function measuredHeads(
  model: Model,
  forward: Forward,
): readonly { readonly head: string; readonly metrics: readonly string[] }[] {
  const truths = new Set(forward.truth.outputs.map(({ name }) => name));
  return model.metrics.flatMap(({ head, metrics }) => {
    const type = model.heads.find(({ name }) => name === head)?.type.kind;
    const own = measuredMetrics(metrics);
    return own.length === 0 || type === "classes" || !truths.has(`mask/${head}`) ? [] : [{ head, metrics: own }];
  });
}

export function metricsFile(model: Model, forward: Forward): string {
  const heads = measuredHeads(model, forward);
  const body = [
    ...heads.flatMap(({ head }) => [...truthLines(model, forward, head), "", ""]),
    "METRICS: dict[str, dict[str, Callable[[], Metric]]] = {",
    ...heads.map(
      ({ head, metrics }) =>
        `    ${quote(head)}: {${metrics.map((name) => `${quote(name)}: ${classes[name]}`).join(", ")}},`,
    ),
    "}",
    "TRUTHS: dict[str, Callable[[Batch], tuple[Tensor, Tensor]]] = {",
    ...heads.map(({ head }) => `    ${quote(head)}: ${functionName(head)},`),
    "}",
  ].join("\n");
  const blocks = usedBlocks(blocksOf(library), `${body}\nall_reduced`).map(({ text }) => text);
  const all = [...blocks, body].join("\n\n\n");
  const imports = importsFor(all, [
    [
      [/\bmath\./, "import math"],
      [/./, "from collections.abc import Callable"],
      [/./, "from typing import Protocol"],
    ],
    [
      [/\btorch\./, "import torch"],
      [/\bdist\./, "import torch.distributed as dist"],
      [/\bTensor\b/, "from torch import Tensor"],
    ],
    [[/\bBatch\b/, "from data import Batch"]],
  ]);
  return `${['"""What each head is measured on, and metrics over the rows of all processes."""', "", ...imports, "", "", all].join("\n")}\n`;
}

function functionName(head: string): string {
  return `${identifier(head)}_truth`;
}

function truthLines(model: Model, { truth: fn }: Forward, head: string): readonly string[] {
  const value = (name: string): ValueId => fn.outputs.find((output) => output.name === `${name}/${head}`)?.value ?? -1;
  const roots = [value("target"), value("mask")];
  const body = createBody(
    {
      fn,
      given: (id) => {
        const node = fn.nodes[id];
        return node?.op === "input" && node.attributes.name === "weights" ? atom("batch.weights") : undefined;
      },
      state: () => atom("None"),
      modules: (nodes, id) => labelOf(model, nodes, id),
      names: createNames(["batch"]),
      hint: () => undefined,
    },
    roots,
  );
  const [target, mask] = roots.map((id) => body.result(id).text);
  return [
    `def ${functionName(head)}(batch: Batch) -> tuple[Tensor, Tensor]:`,
    `    """What \`${head}\` should say of each row, and 1 where that is known, else 0."""`,
    ...statementLines(body.statements, 4),
    `    return ${target}, ${mask}`,
  ];
}
