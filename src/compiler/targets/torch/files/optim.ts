/** `optim.py`: optimizers and learning rates. */
import { type OptimizerChoice, resolveSettings, type ScheduleChoice, type Settings } from "../../../graph/index.js";
import type { Clip } from "../../../graph/index.js";
import { blocksOf, fromImport, importsFor, usedBlocks } from "../library.js";
import { atom, call, comprehension, type Expr, numberText, print, quote, set } from "../python.js";

const library = String.raw`
class LazyAdam(Optimizer):
    """
    Adam on the rows that a batch touches: those that it does not touch stay as they are, moments
    included. torch.optim.SparseAdam adds epsilon before the bias is corrected; this adds it after,
    as Adam does.
    """

    def __init__(self, params: Iterable[Tensor], lr: float, betas: tuple[float, float], eps: float, weight_decay: float = 0.0) -> None:
        super().__init__(
            params, dict(lr=lr, betas=betas, eps=eps, weight_decay=weight_decay, step=0)
        )

    @torch.no_grad()
    def step(self, closure: None = None) -> None:  # type: ignore[override]
        for group in self.param_groups:
            group["step"] += 1
            beta1, beta2 = group["betas"]
            seen1 = 1 - beta1 ** group["step"]
            seen2 = 1 - beta2 ** group["step"]
            for parameter in group["params"]:
                if parameter.grad is None:
                    continue
                gradient = parameter.grad.coalesce()
                rows, values = gradient.indices()[0], gradient.values()
                state = self.state[parameter]
                if not state:
                    state["mean"] = torch.zeros_like(parameter)
                    state["square"] = torch.zeros_like(parameter)
                mean = state["mean"][rows].mul_(beta1).add_(values, alpha=1 - beta1)
                square = state["square"][rows].mul_(beta2).addcmul_(values, values, value=1 - beta2)
                state["mean"][rows] = mean
                state["square"][rows] = square
                move = (mean / seen1) / ((square / seen2).sqrt() + group["eps"])
                kept = 1 - group["lr"] * group["weight_decay"]
                parameter[rows] = parameter[rows] * kept - group["lr"] * move


class LazyMomentum(Optimizer):
    """Momentum on the rows that a batch touches: those that it does not touch stay as they are."""

    def __init__(self, params: Iterable[Tensor], lr: float, momentum: float, nesterov: bool) -> None:
        super().__init__(params, dict(lr=lr, momentum=momentum, nesterov=nesterov))

    @torch.no_grad()
    def step(self, closure: None = None) -> None:  # type: ignore[override]
        for group in self.param_groups:
            for parameter in group["params"]:
                if parameter.grad is None:
                    continue
                gradient = parameter.grad.coalesce()
                rows, values = gradient.indices()[0], gradient.values()
                state = self.state[parameter]
                if not state:
                    state["velocity"] = torch.zeros_like(parameter)
                velocity = state["velocity"][rows].mul_(group["momentum"]).add_(values)
                state["velocity"][rows] = velocity
                if group["nesterov"]:
                    velocity = values + group["momentum"] * velocity
                parameter[rows] -= group["lr"] * velocity
`;

export interface OptimInput {
  readonly optimizer: OptimizerChoice;
  readonly schedule: ScheduleChoice;
  /** How others are trained: keys in the state dict. */
  readonly groups: readonly { readonly choice: OptimizerChoice; readonly keys: readonly string[] }[];
  /** Keys of tables of which a step moves the rows that it touches. */
  readonly sparse: ReadonlySet<string>;
  /** Keys of all other parameters that are trained. */
  readonly dense: ReadonlySet<string>;
  readonly clip: Clip;
}

export function optimFile(input: OptimInput): string {
  const schedules = scheduleFunctions(input);
  const body = [...schedules.lines, "", "", ...createLines(input, schedules.nameOf), ...clipLines(input)].join("\n");
  const blocks = usedBlocks(blocksOf(library), body).map(({ text }) => wrapInit(text));
  const all = [...blocks, body].join("\n\n\n");
  const imports = importsFor(all, [
    [[/\bmath\./, "import math"], ...fromImport(all, "collections.abc", ["Callable", "Iterable"])],
    [
      [/\btorch\./, "import torch"],
      [/\bTensor\b/, "from torch import Tensor"],
      [/\bLambdaLR\b/, "from torch.optim.lr_scheduler import LambdaLR"],
      [/\bOptimizer\b/, "from torch.optim.optimizer import Optimizer"],
    ],
    [[/\bModel\b/, "from model import Model"]],
  ]);
  return `${['"""Optimizers and learning rates."""', "", ...imports, "", "", all].join("\n")}\n`;
}

function wrapInit(text: string): string {
  return text.replace(/^( {4}def __init__)\((.*)\) -> None:$/gm, (line, head: string, parameters: string) =>
    line.length <= 100
      ? line
      : [
          `${head}(`,
          ...(`        ${parameters}`.length <= 100
            ? [`        ${parameters}`]
            : parameters.split(/, (?=\w+:)/).map((each) => `        ${each},`)),
          "    ) -> None:",
        ].join("\n"),
  );
}

function scheduleFunctions({ schedule, groups }: OptimInput): {
  readonly lines: readonly string[];
  readonly nameOf: (choice: OptimizerChoice) => string;
} {
  const all: ScheduleChoice[] = [];
  for (const each of [schedule, ...groups.map(({ choice }) => choice.schedule ?? schedule)])
    if (!all.includes(each)) all.push(each);
  const names = new Map(all.map((each, index) => [each, index === 0 ? "rate_factor" : `rate_factor_${index + 1}`]));
  const lines = all.flatMap((each, index) => [
    ...(index === 0 ? [] : ["", ""]),
    `def ${names.get(each)}(step: int) -> float:`,
    `    """What the learning rate is multiplied by after \`step\` steps: ${each.kind.name}."""`,
    ...factorLines(each),
  ]);
  return { lines, nameOf: (choice) => names.get(choice.schedule ?? schedule) ?? "rate_factor" };
}

function factorLines({ kind, settings: given }: ScheduleChoice): readonly string[] {
  const settings = resolveSettings(kind.name, kind.settings, given);
  const n = (name: string): string => numberText(Number(settings[name]));
  const first = Number(settings["warmup"] ?? 0);
  const rise = first > 0 ? [`    rise = min(1.0, (step + 1) / ${first})`, `    step = max(0, step - ${first})`] : [];
  const risen = (text: string): string => (first > 0 ? `    return rise * ${text}` : `    return ${text}`);
  const floor = (text: string): string =>
    settings["end"] === null || settings["end"] === undefined ? text : `max(${n("end")}, ${text})`;
  switch (kind.name) {
    case "constant":
      return ["    return 1.0"];
    case "warmup":
      return [`    return min(1.0, (step + 1) / ${n("steps")})`];
    case "linear":
      return [...rise, risen(`(1 - (1 - ${n("end")}) * min(1.0, step / ${n("steps")}))`)];
    case "cosine":
      return [
        ...rise,
        `    wave = (1 + math.cos(math.pi * min(1.0, step / ${n("steps")}))) / 2`,
        Number(settings["end"]) === 0 ? risen("wave") : risen(`(${n("end")} + (1 - ${n("end")}) * wave)`),
      ];
    case "exponential":
      return [...rise, risen(floor(`${n("rate")} ** (step / ${n("steps")})`))];
    case "step":
      return [...rise, risen(floor(`${n("factor")} ** (step // ${n("every")})`))];
    default:
      throw new Error(`the schedule ${kind.name} is refused`);
  }
}

function createLines(input: OptimInput, scheduleOf: (choice: OptimizerChoice) => string): readonly string[] {
  const { optimizer, groups, sparse, dense } = input;
  const sets = groups.map(({ choice, keys }, index) => ({ choice, keys, name: `part_${index + 1}` }));
  const grouped = new Set(groups.flatMap(({ keys }) => keys));
  const others = [...dense, ...sparse].filter((key) => !grouped.has(key));
  const all = [
    ...(others.length === 0 ? [] : [{ choice: optimizer, keys: others, name: sets.length === 0 ? "" : "others" }]),
    ...sets,
  ];
  const made = all.flatMap(({ choice, keys, name }) =>
    [false, true].flatMap((isSparse): readonly string[] => {
      if (!keys.some((key) => sparse.has(key) === isSparse)) return [];
      const conditions = [
        ...(name === "" ? [] : [`name in ${name}`]),
        ...(sparse.size === 0 ? [] : [isSparse ? "name in sparse" : "name not in sparse"]),
      ];
      const chosen =
        conditions.length === 0
          ? atom("parameters")
          : comprehension("x", "for name, x in parameters.items()", `if ${conditions.join(" and ")}`);
      return print("", call("scheduled", [optimizerCall(choice, chosen, isSparse), scheduleOf(choice)]), 8, ",");
    }),
  );
  const isSimple = sets.length === 0 && sparse.size === 0;
  return [
    "# Each with the schedule of its learning rate.",
    "Optimizers = list[tuple[Optimizer, LambdaLR]]",
    "",
    "",
    "def scheduled(optimizer: Optimizer, rate: Callable[[int], float]) -> tuple[Optimizer, LambdaLR]:",
    "    return optimizer, LambdaLR(optimizer, rate)",
    "",
    "",
    "def create_optimizers(model: Model) -> Optimizers:",
    '    """The optimizers of the parameters that are trained."""',
    ...(isSimple
      ? ["    parameters = [x for x in model.parameters() if x.requires_grad]"]
      : ["    parameters = {name: x for name, x in model.named_parameters() if x.requires_grad}"]),
    ...(sparse.size === 0
      ? []
      : [
          "    tables = model.features.tables.items()",
          '    sparse = {f"features.tables.{name}.weight" for name, each in tables if each.sparse}',
        ]),
    ...sets.flatMap(({ name, keys }) => print(`${name} = `, set(keys.map(quote)), 4)),
    ...(sets.length === 0 || others.length === 0
      ? []
      : [`    others = parameters.keys() - ${sets.map(({ name }) => name).join(" - ")}`]),
    "    return [",
    ...made,
    "    ]",
  ];
}

function optimizerCall({ kind, settings: given, factor }: OptimizerChoice, parameters: Expr, sparse: boolean): Expr {
  const settings: Settings = resolveSettings(kind.name, kind.settings, given);
  const n = (name: string): string => numberText(Number(settings[name]));
  const lr = `lr=${numberText(Number(settings["lr"]) * (factor ?? 1))}`;
  const betas = `betas=(${n("beta1")}, ${n("beta2")})`;
  switch (kind.name) {
    case "adam":
      return call(sparse ? "LazyAdam" : "torch.optim.Adam", [parameters, lr, betas, `eps=${n("epsilon")}`]);
    case "adamw":
      return call(sparse ? "LazyAdam" : "torch.optim.AdamW", [
        parameters,
        lr,
        betas,
        `eps=${n("epsilon")}`,
        `weight_decay=${n("weight_decay")}`,
      ]);
    case "adagrad":
      return call("torch.optim.Adagrad", [
        parameters,
        lr,
        `initial_accumulator_value=${n("initial")}`,
        `eps=${n("epsilon")}`,
      ]);
    case "momentum":
      return call(sparse ? "LazyMomentum" : "torch.optim.SGD", [
        parameters,
        lr,
        `momentum=${n("momentum")}`,
        `nesterov=${settings["nesterov"] === true ? "True" : "False"}`,
      ]);
    default:
      return call("torch.optim.SGD", [parameters, lr]);
  }
}

function clipLines({ clip, sparse }: OptimInput): readonly string[] {
  const hasSparse = sparse.size > 0;
  if (clip.kind === "none") return [];
  const limit = numberText(clip.limit);
  const head = ["", "", "def clip_gradients(model: Model) -> None:"];
  const gradients = [
    "    parameters = [x for x in model.parameters() if x.grad is not None]",
    ...(hasSparse
      ? ["    for x in parameters:", "        if x.grad.is_sparse:", "            x.grad = x.grad.coalesce()"]
      : []),
    ...(hasSparse
      ? ["    gradients = [x.grad.values() if x.grad.is_sparse else x.grad for x in parameters]"]
      : ["    gradients = [x.grad for x in parameters]"]),
  ];
  if (clip.kind === "value")
    return [
      ...head,
      `    """Each element of the gradients into ±${limit}."""`,
      ...gradients,
      "    for gradient in gradients:",
      `        gradient.clamp_(-${limit}, ${limit})`,
    ];
  return [
    ...head,
    `    """All gradients together by one factor, so that their norm is at most ${limit}."""`,
    ...gradients,
    "    norm = torch.stack([gradient.norm() for gradient in gradients]).norm()",
    `    factor = ${limit} / norm.clamp(min=${limit})`,
    "    for gradient in gradients:",
    "        gradient.mul_(factor)",
  ];
}
