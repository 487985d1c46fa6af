/**
 * ESMM's experiment on logs whose probabilities are known: seven methods of the paper and two of ESCM² on the paper's network, each
 * on the same logs, measured as the paper does (CVR on clicked rows, CTCVR on all) and as no real log can be: pCVR against the truth
 * over all impressions, with calibration.
 *
 * `--runs N`: logs of the default world, each with first values of its own (10). `--methods BASE,ESMM`: only these, beside BASE.
 * `--rows N`: impressions of a log (600,000); users, items, categories and brands go with them. `--users`, `--items`,
 * `--categories`, `--brands`, `--clickRate`, `--conversionRate`, `--bias`, `--clickSpread`, `--conversionSpread`, `--pair`,
 * `--factors`: the free choices of the world, as in bench/papers/esmm/world.ts. `--settings N`: runs of BASE and ESMM in each of the
 * other worlds of the table (4; 0: none), `--worlds "bias 0,bias 0.8"` only of these. `--workers N`: runs side by side (cores).
 * `--quick`: four logs of 400,000 impressions, two of each of three other worlds. `--write`: the results become those of the repository. `--fresh`:
 * forget finished runs. `--choose N`: instead of all this, learning rates and epochs of all methods, tried on N other logs.
 */
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { hashModel } from "../src/compiler/model/index.js";
import { loadSpec } from "../src/runtime/specs/load-spec.js";
import { answerRequest, asideOption, runAside } from "./papers/esmm/aside.js";
import { choose } from "./papers/esmm/choose.js";
import { ctrMethod, type Method, methods, reference } from "./papers/esmm/methods.js";
import { esmmPaper } from "./papers/esmm/report.js";
import { defaultSetting, type EsmmResults, type EsmmRun, type Setting } from "./papers/esmm/results.js";
import { specsFolder } from "./papers/esmm/run.js";
import { defaultWorld, type WorldChoices } from "./papers/esmm/world.js";
import { openKeptRuns } from "./papers/kept-runs.js";
import { reportPaper } from "./papers/report.js";
import { machine, note, option, projectRoot } from "./report.js";

export const summary = "ESMM's table on logs of known probabilities, with CVR against the truth over all impressions";

type World = Omit<WorldChoices, "seed">;

/** Other worlds, each different from the default one in one choice. */
function otherWorlds({ items }: World): readonly Setting[] {
  return [
    { name: "bias 0", choices: { bias: 0 } },
    { name: "bias 0.8", choices: { bias: 0.8 } },
    { name: "click rate 2 %", choices: { clickRate: 0.02 } },
    { name: "click rate 10 %", choices: { clickRate: 0.1 } },
    { name: "conversion rate 2 %", choices: { conversionRate: 0.02 } },
    { name: "a tenth of the items", choices: { items: Math.ceil(items / 10) } },
  ];
}

export async function run(words: readonly string[]): Promise<void> {
  const request = option(words, asideOption, "");
  if (request !== "") return answerRequest(request);
  const quick = words.includes("--quick");
  const number = (name: string, fallback: number): number => Number(option(words, name, String(fallback)));
  const world = worldOf(number, quick ? 400_000 : 600_000);
  const chosen = chosenMethods(option(words, "methods", ""));
  const tried = number("choose", 0);
  if (tried > 0) return choose(world, seedsFrom(1001, tried), chosen);
  const specs = specHashes(chosen);
  const worlds = option(words, "worlds", quick ? "bias 0,bias 0.8,click rate 2 %" : "");
  const isAsked = ({ name }: Setting): boolean => worlds === "" || worlds.split(",").includes(name);
  const settings = [defaultSetting, ...otherWorlds(world).filter(isAsked)];
  const pair = [reference, "ESMM"];
  const plan = settings.flatMap((setting) => {
    const isDefault = setting === defaultSetting;
    const count = isDefault ? number("runs", quick ? 4 : 10) : number("settings", quick ? 2 : 4);
    return seedsFrom(1, count).map((seed) => ({
      name: setting.name,
      choices: { ...world, ...setting.choices, seed },
      methods: isDefault ? chosen.map(({ name }) => name) : pair,
    }));
  });
  const idOf = ({ name, choices }: (typeof plan)[number]): string => `${name}: ${choices.seed}`;
  const kept = openKeptRuns<EsmmRun>("esmm", { specs, world }, { fresh: words.includes("--fresh") });
  const missing = plan.filter((each) => kept.get(idOf(each)) === undefined);
  let left = missing.length;
  await runAside(missing, number("workers", availableParallelism()), ({ name, choices }, found) => {
    kept.add(`${name}: ${choices.seed}`, found);
    note(`${name}, seed ${choices.seed}: done, ${--left} of ${plan.length} runs are left`);
  });
  const results: EsmmResults = {
    experiment: "esmm",
    form: quick ? "quick" : "full",
    command: commandOf(words),
    machine: machine(),
    specs,
    options: { world, settings },
    runs: plan.flatMap((each) => kept.get(idOf(each)) ?? []),
  };
  await reportPaper(esmmPaper, results, { write: words.includes("--write") });
}

/** The command that makes the results again. */
function commandOf(words: readonly string[]): string {
  const own = words.filter((word) => word !== "--write" && word !== "--fresh");
  return ["npm run bench -- esmm", ...own.map((word) => (word.includes(" ") ? JSON.stringify(word) : word))].join(" ");
}

function seedsFrom(first: number, count: number): readonly number[] {
  return Array.from({ length: count }, (_, index) => first + index);
}

function worldOf(number: (name: string, fallback: number) => number, rows: number): World {
  const base = defaultWorld(number("rows", rows));
  return Object.fromEntries(
    Object.entries(base).map(([name, value]) => [name, number(name, value)]),
  ) as unknown as World;
}

function chosenMethods(names: string): readonly Method[] {
  const wanted = names === "" ? methods.map(({ name }) => name) : [reference, ...names.split(",")];
  const unknown = wanted.filter((name) => !methods.some((method) => method.name === name));
  if (unknown.length > 0)
    throw new Error(`--methods: ${unknown.join(", ")}; there are ${methods.map(({ name }) => name).join(", ")}`);
  return methods.filter(({ name }) => wanted.includes(name));
}

function specHashes(chosen: readonly Method[]): Readonly<Record<string, string>> {
  return Object.fromEntries(
    [ctrMethod, ...chosen].map(({ spec }) => {
      const path = `${specsFolder}/${spec}.mtl`;
      return [path, hashModel(loadSpec(join(projectRoot, path)).model)];
    }),
  );
}
