import { idCounts, measureModel, partOfTensor, partsOf, sizesOfCounts, totalOf } from "../cost/index.js";
import { canonicalModel, type FittedSizes, hashModel, type Model } from "../model/index.js";
import { networkSubjects, plainDeclarations } from "./network-subjects.js";
import { renameModel, type Renames, renamesFor } from "./rename-model.js";
import { type ChangeClass, changeRules, type RuleId, widestClass } from "./policy.js";
import {
  counterSubjects,
  experimentSubjects,
  fusionSubjects,
  inputSubjects,
  paramSubjects,
  rankSubjects,
  ruleOrderSubjects,
  ruleSubjects,
} from "./serving-subjects.js";
import {
  dataSubjects,
  type Facet,
  featureSubjects,
  headSubjects,
  labelSubjects,
  lossSubjects,
  metricSubjects,
  plainSubject,
  type Subject,
  trainSubjects,
} from "./subjects.js";
import { planByNames, type TensorPlan, type WarmStartPlan, type WarmStartSide } from "./warm-start.js";

/** One facet of a subject that is different. */
export interface Change {
  readonly rule: RuleId;
  readonly class: ChangeClass;
  /** `embed`, `reads`, `weight`. */
  readonly facet: string;
  /** As the specs say it; absent where there is no such facet. */
  readonly before?: string;
  readonly after?: string;
  /** For lists: items that came, that went, and whether those that stayed are in another order. */
  readonly items?: { readonly added: readonly string[]; readonly removed: readonly string[]; readonly moved: boolean };
}

export interface SubjectDiff {
  readonly kind: string;
  readonly name: string;
  readonly state: "added" | "removed" | "changed";
  readonly class: ChangeClass;
  /** The whole of what was added or removed, as the spec says it. */
  readonly text?: string;
  /** Of what was added: the name of what was removed and said the same. */
  readonly formerly?: string;
  readonly changes: readonly Change[];
  /** What it means, a sentence each. */
  readonly meaning: readonly string[];
}

export type SectionName =
  | "model"
  | "data"
  | "features"
  | "labels"
  | "network"
  | "heads"
  | "loss"
  | "train"
  | "metrics"
  | "serving inputs"
  | "params"
  | "fusion"
  | "rules"
  | "rankings"
  | "experiments";

export interface SectionDiff {
  readonly section: SectionName;
  readonly subjects: readonly SubjectDiff[];
}

export interface DiffSide {
  readonly model: string;
  readonly hash: string;
  readonly parameters: number;
  readonly bytes: number;
  /** Of one served row. */
  readonly flops: number;
}

/** What changed between two models: plain JSON, the one form that every rendering is made from. */
export interface ModelDiff {
  readonly before: DiffSide;
  readonly after: DiffSide;
  /** The farthest class of all changes; `none` when the models are the same. */
  readonly class: ChangeClass | "none";
  /** Sections with changes, and in them subjects with changes. */
  readonly sections: readonly SectionDiff[];
  readonly warmStart: WarmStartPlan;
  /** Features whose number of ids only their data knows: their tables count as one row. */
  readonly uncounted: readonly string[];
  /** How vocabularies differ, where both models are artifacts; absent where none does. */
  readonly ids?: readonly IdsDiff[];
}

/** The values of a feature in two artifacts. */
export interface IdsDiff {
  readonly feature: string;
  /** Values that both know, those only of the later one, and those only of the earlier one. */
  readonly kept: number;
  readonly added: number;
  readonly removed: number;
  /** Whether those that both know have the same ids. */
  readonly sameIds: boolean;
}

/** How the vocabularies of two artifacts differ; nothing for a feature in which they do not. */
export function diffIds(
  before: ReadonlyMap<string, readonly string[]>,
  after: ReadonlyMap<string, readonly string[]>,
): readonly IdsDiff[] {
  return [...after].flatMap(([feature, values]) => {
    const old = before.get(feature);
    if (old === undefined) return [];
    const ids = new Map(old.map((value, id) => [value, id]));
    const kept = values.filter((value) => ids.has(value)).length;
    const sameIds = values.every((value, id) => (ids.get(value) ?? id) === id);
    if (sameIds && kept === values.length && kept === old.length) return [];
    return [{ feature, kept, added: values.length - kept, removed: old.length - kept, sameIds }];
  });
}

export interface DiffOptions {
  /** Numbers of ids that are known of each model; what `idCounts` says of the others. */
  readonly before?: FittedSizes["ids"];
  readonly after?: FittedSizes["ids"];
}

/** What changed between two models. Pure; the order of declarations, their layout and their comments do not count. */
export function diffModels(given: Model, after: Model, options: DiffOptions = {}): ModelDiff {
  const renames = renamesFor(given, after);
  const before = renames.size === 0 ? given : renameModel(given, renames);
  const oldIds = Object.entries(options.before ?? {}).map(([name, ids]) => [renames.get(name) ?? name, ids] as const);
  const [old, own] = [sideOf(before, Object.fromEntries(oldIds)), sideOf(after, options.after ?? {})];
  const warmStart = planByNames(old.tensors, own.tensors);
  const unfit = unfitParts(before, after, warmStart);
  const sections = [...renamedSection(after, renames), ...diffSections(before, after, unfit)];
  const isDifferent = old.summary.hash !== own.summary.hash;
  const found = sections.length > 0 || !isDifferent ? sections : [otherSection(before, after)];
  return {
    before: { ...old.summary, hash: hashModel(given) },
    after: own.summary,
    class: widestClass(found.flatMap(({ subjects }) => subjects.map((each) => each.class))) ?? "none",
    sections: found,
    warmStart,
    uncounted: [...new Set([...old.uncounted, ...own.uncounted])],
  };
}

/** What has another name now, and says so. */
function renamedSection({ heads }: Model, renames: Renames): readonly SectionDiff[] {
  const served = new Set(heads.filter(({ auxiliary }) => !auxiliary).map(({ name }) => name));
  const subjects = [...renames].map(([was, name]): SubjectDiff => {
    const rule = served.has(name) ? "name.changed.served" : "name.changed";
    const { class: reach, purpose } = changeRules[rule];
    const change: Change = { rule, class: reach, facet: "name", before: was, after: name };
    return { kind: "name", name, state: "changed", class: reach, changes: [change], meaning: [purpose] };
  });
  return subjects.length === 0 ? [] : [{ section: "model", subjects }];
}

interface Side {
  readonly summary: DiffSide;
  readonly tensors: WarmStartSide;
  readonly uncounted: readonly string[];
}

function sideOf(model: Model, ids: FittedSizes["ids"]): Side {
  const counts = idCounts(model, ids);
  const measured = measureModel(model, sizesOfCounts(counts));
  return {
    summary: { model: model.name, hash: hashModel(model), ...totalOf(measured) },
    tensors: { model, tensors: measured.rows },
    uncounted: counts.flatMap(({ feature, source }) => (source === "data" ? [feature] : [])),
  };
}

/** For each part of the network its tensors that do not carry over. */
type UnfitParts = ReadonlyMap<string, readonly Extract<TensorPlan, { kind: "initialized" }>[]>;

function unfitParts(before: Model, after: Model, plan: WarmStartPlan): UnfitParts {
  const names = new Set([...partsOf(before), ...partsOf(after)].map(({ name }) => name));
  const parts = new Map<string, Extract<TensorPlan, { kind: "initialized" }>[]>();
  for (const tensor of plan.tensors) {
    if (tensor.kind !== "initialized") continue;
    const part = partOfTensor(tensor.name, (name) => names.has(name));
    parts.set(part, [...(parts.get(part) ?? []), tensor]);
  }
  for (const { name } of plan.dropped) {
    const part = partOfTensor(name, (each) => names.has(each));
    if (!parts.has(part)) parts.set(part, []);
  }
  return parts;
}

/** The subjects of a model, beside another where only both together say what they are. */
type SubjectsOf = (model: Model, other: Model) => readonly Subject[];

function diffSections(before: Model, after: Model, unfit: UnfitParts): readonly SectionDiff[] {
  const [oldPlain, ownPlain] = [plainDeclarations(before), plainDeclarations(after)];
  const names = new Set([...oldPlain, ...ownPlain]);
  const inBoth = (model: Model): ReadonlySet<string> =>
    new Set(model.nodes.flatMap((node) => node.declared?.name ?? []));
  const [oldNames, ownNames] = [inBoth(before), inBoth(after)];
  const plain = new Set(
    [...names].filter(
      (name) => (oldPlain.has(name) || !oldNames.has(name)) && (ownPlain.has(name) || !ownNames.has(name)),
    ),
  );
  const compare = (section: SectionName, subjectsOf: SubjectsOf): SectionDiff => {
    const own = subjectsOf(after, before);
    const found = compareSubjects(subjectsOf(before, after), own, unfit);
    const isBuilt = section === "network" || section === "heads";
    return { section, subjects: isBuilt ? withMoved(own, found, unfit) : found };
  };
  return [
    compare("model", (model, other) => [
      plainSubject("model", "name", "model.name", model.name),
      ...counterSubjects(model, other),
    ]),
    compare("data", dataSubjects),
    compare("features", featureSubjects),
    compare("labels", labelSubjects),
    compare("network", (model) => networkSubjects(model, plain)),
    compare("heads", headSubjects),
    compare("loss", lossSubjects),
    compare("train", trainSubjects),
    compare("metrics", metricSubjects),
    compare("serving inputs", inputSubjects),
    compare("params", paramSubjects),
    compare("fusion", fusionSubjects),
    compare("rules", (model, other) => [...ruleSubjects(model), ...ruleOrderSubjects(model, other)]),
    compare("rankings", rankSubjects),
    compare("experiments", experimentSubjects),
  ].filter(({ subjects }) => subjects.length > 0);
}

/** Should a model hold what no section looks at: no change goes without a word. */
function otherSection(before: Model, after: Model): SectionDiff {
  const subjects = compareSubjects(
    [plainSubject("model", "rest", "model.other", canonicalModel(before))],
    [plainSubject("model", "rest", "model.other", canonicalModel(after))],
    new Map(),
  );
  return { section: "model", subjects };
}

function compareSubjects(
  before: readonly Subject[],
  after: readonly Subject[],
  unfit: UnfitParts,
): readonly SubjectDiff[] {
  const key = ({ kind, name }: Subject): string => (kind === "loss" || kind === "penalty" ? `${kind} ${name}` : name);
  const old = new Map(before.map((subject) => [key(subject), subject]));
  const own = new Map(after.map((subject) => [key(subject), subject]));
  const diffs: SubjectDiff[] = [];
  for (const subject of before) {
    const other = own.get(key(subject));
    if (other === undefined) diffs.push(wholeSubject(subject, "removed", unfit));
    else {
      const changed = compareFacets(subject, other, unfit);
      if (changed !== undefined) diffs.push(changed);
    }
  }
  const gone = before.filter((subject) => !own.has(key(subject)));
  const come = after.filter((subject) => !old.has(key(subject)));
  // Several that say the same cannot be told apart.
  const twinOf = (subject: Subject): Subject | undefined => {
    const twins = gone.filter((other) => saying(other) === saying(subject));
    const alike = come.filter((other) => saying(other) === saying(subject));
    return twins.length === 1 && alike.length === 1 ? twins[0] : undefined;
  };
  const renamed = new Map(
    come.flatMap((subject) => {
      const twin = twinOf(subject);
      const isFree = twin !== undefined && isWithoutTensors(subject, unfit) && isWithoutTensors(twin, unfit);
      return isFree ? [[subject.name, twin.name]] : [];
    }),
  );
  const oldNames = new Set(renamed.values());
  return [
    ...diffs.map((diff) => (diff.state === "removed" && oldNames.has(diff.name) ? asRenamed(diff) : diff)),
    ...come.map((subject) => {
      const twin = twinOf(subject);
      const diff = wholeSubject(subject, "added", unfit);
      if (twin === undefined) return diff;
      return { ...(renamed.has(subject.name) ? asRenamed(diff) : diff), formerly: twin.name };
    }),
  ];
}

/** Whether a part of the network came or went without any tensor coming or going. */
function isWithoutTensors(subject: Subject, unfit: UnfitParts): boolean {
  return subject.added === "network.added" && !isUnfit(subject, unfit);
}

function asRenamed(diff: SubjectDiff): SubjectDiff {
  const { class: reach, purpose } = changeRules["network.renamed"];
  return { ...diff, class: reach, meaning: [purpose] };
}

/** What a subject says but for its name: one that came and one that went may be one thing. */
function saying({ kind, facets }: Subject): string {
  return JSON.stringify([kind, facets.map(({ name, text }) => [name, text])]);
}

function wholeSubject(subject: Subject, state: "added" | "removed", unfit: UnfitParts): SubjectDiff {
  const { kind, name, text, added, removed } = subject;
  const rule = isWithoutTensors(subject, unfit)
    ? changeRules[`network.${state}.free`]
    : changeRules[state === "added" ? added : removed];
  return { kind, name, state, class: rule.class, text, changes: [], meaning: [rule.purpose] };
}

function compareFacets(before: Subject, after: Subject, unfit: UnfitParts): SubjectDiff | undefined {
  const names = [...new Set([...before.facets, ...after.facets].map(({ name }) => name))];
  const changes = names.flatMap((name): readonly Change[] => {
    const old = before.facets.find((each) => each.name === name);
    const own = after.facets.find((each) => each.name === name);
    if (old?.text === own?.text) return [];
    return [changeOf(old, own, isUnfit(after, unfit))];
  });
  const reach = widestClass(changes.map((change) => change.class));
  if (reach === undefined) return undefined;
  const { kind, name } = after;
  return { kind, name, state: "changed", class: reach, changes, meaning: meaningOf(after, changes, unfit) };
}

function changeOf(before: Facet | undefined, after: Facet | undefined, isUnfitSubject: boolean): Change {
  const { name, rule, tensorRule } = after ?? before ?? missingFacet();
  const shapes = before?.shapesTensors !== undefined && after !== undefined ? before.shapesTensors(after) : true;
  const id = isUnfitSubject && shapes && tensorRule !== undefined ? tensorRule : rule;
  return {
    rule: id,
    class: changeRules[id].class,
    facet: name,
    ...(before === undefined ? {} : { before: before.text }),
    ...(after === undefined ? {} : { after: after.text }),
    ...(before?.items === undefined || after?.items === undefined
      ? {}
      : { items: compareItems(before.items, after.items) }),
  };
}

function missingFacet(): never {
  throw new Error("a change is one of a facet");
}

function compareItems(before: readonly string[], after: readonly string[]): NonNullable<Change["items"]> {
  const added = after.filter((item) => !before.includes(item));
  const removed = before.filter((item) => !after.includes(item));
  const stayed = (items: readonly string[], gone: readonly string[]): string =>
    items.filter((item) => !gone.includes(item)).join("\n");
  return { added, removed, moved: stayed(before, removed) !== stayed(after, added) };
}

function isUnfit({ name }: Subject, unfit: UnfitParts): boolean {
  return unfit.has(name) || [...unfit.keys()].some((part) => part.startsWith(`${name}.`));
}

/** What the changes of a subject come to: whether its part of a checkpoint is still of use, else what their rules say. */
function meaningOf(subject: Subject, changes: readonly Change[], unfit: UnfitParts): readonly string[] {
  const purposes = [...new Set(changes.map(({ rule }) => changeRules[rule].purpose))];
  const breaking = changes.filter((change) => change.class === "checkpoint");
  if (breaking.length === 0 || !isUnfit(subject, unfit)) return purposes;
  const others = changes.filter((change) => change.class !== "checkpoint").map(({ rule }) => changeRules[rule].purpose);
  const hasShape = breaking.some(({ rule }) => rule === "network.shape.tensors");
  const reasons = breaking.filter(({ rule }) => !hasShape || rule !== "network.reads.tensors").map(reasonOf);
  const why = [...new Set(reasons)].join(", ");
  return [`checkpoint not reusable for \`${subject.name}\`: ${why}`, ...new Set(others)];
}

/** `8 → 12 experts`, `embed 16 → 32`. */
function reasonOf({ rule, facet, before, after, items }: Change): string {
  if (items !== undefined || before === undefined || after === undefined) return changeRules[rule].purpose;
  if (rule === "network.experts" || rule === "network.mix.tensors") return `${before} → ${after} experts`;
  return before.includes(": ") || before.includes("(") ? `${before} → ${after}` : `${facet} ${before} → ${after}`;
}

/** Adds what befalls parts that say what they said, and whose tensors do not carry over because of what they read. */
function withMoved(
  subjects: readonly Subject[],
  found: readonly SubjectDiff[],
  unfit: UnfitParts,
): readonly SubjectDiff[] {
  const diffs = new Map(found.map((diff) => [diff.name, diff]));
  for (const { kind, name } of subjects) {
    const diff = diffs.get(name);
    const isSaid = diff !== undefined && (diff.state !== "changed" || diff.class === "checkpoint");
    const isMoved = [...unfit].some(
      ([part, tensors]) =>
        (part === name || part.startsWith(`${name}.`)) && tensors.some(({ before }) => before !== undefined),
    );
    if (isSaid || !isMoved) continue;
    const rule = kind === "task" || kind === "chain" ? "head.columns" : "network.columns";
    const { purpose, class: reach } = changeRules[rule];
    const changes = [...(diff?.changes ?? []), { rule, class: reach, facet: "columns" } as const];
    const meaning = [`checkpoint not reusable for \`${name}\`: ${purpose}`, ...(diff?.meaning ?? [])];
    const all = widestClass(changes.map((change) => change.class)) ?? reach;
    diffs.set(name, { kind, name, state: "changed", class: all, changes, meaning });
  }
  return [...diffs.values()];
}
