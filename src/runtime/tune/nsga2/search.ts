/** NSGA-II over the unit cube: binary tournament, crossover, mutation, and the better half of parents and children. */
import type { Draws } from "../../statistics/draws.js";
import type { Evaluation, Search } from "../search.js";
import { crowdingDistances, sortIntoFronts } from "./sort.js";
import { polynomialMutation, simulatedBinaryCrossover } from "./variation.js";

export interface Nsga2Options {
  readonly dimension: number;
  readonly draws: Draws;
  /** Points that belong to the first generation, such as the values in production. */
  readonly start?: readonly Float64Array[];
  /** Points a generation; default 40. */
  readonly population?: number;
}

/** Chance that a pair of parents is crossed, and how near children lie to parents; after the paper. */
const crossoverRate = 0.9;
const crossoverEta = 15;
const mutationEta = 20;

interface Member extends Evaluation {
  readonly point: Float64Array;
  readonly front: number;
  readonly distance: number;
}

export function createNsga2Search(options: Nsga2Options): Search {
  const { dimension, draws, start = [], population = 40 } = options;
  let parents: readonly Member[] = [];
  let asked: readonly Float64Array[] = [];
  const random = (): Float64Array => Float64Array.from({ length: dimension }, () => draws.uniform());
  return {
    ask: () => {
      asked =
        parents.length === 0
          ? [...start, ...Array.from({ length: Math.max(0, population - start.length) }, random)]
          : children(parents, population, draws);
      return asked;
    },
    tell: (evaluations) => {
      const born = asked.map((point, i) => {
        const evaluation = evaluations[i];
        if (evaluation === undefined) throw new Error("an evaluation is missing");
        return { point, ...evaluation };
      });
      parents = survivors([...parents, ...born], population);
    },
  };
}

/** The best `count`: whole fronts first, of the last one those in the emptiest places. */
function survivors(candidates: readonly (Evaluation & { readonly point: Float64Array })[], count: number): Member[] {
  const kept: Member[] = [];
  for (const [front, indices] of sortIntoFronts(candidates).entries()) {
    if (kept.length >= count) break;
    const members = indices.map((i) => candidates[i]).filter((member) => member !== undefined);
    const distances = crowdingDistances(members.map(({ costs }) => costs));
    const ranked = members.map((member, i) => ({ ...member, front, distance: distances[i] ?? 0 }));
    if (kept.length + ranked.length > count)
      ranked.sort((a, b) => (a.distance === b.distance ? 0 : b.distance - a.distance));
    kept.push(...ranked.slice(0, count - kept.length));
  }
  return kept;
}

function children(parents: readonly Member[], count: number, draws: Draws): readonly Float64Array[] {
  const born: Float64Array[] = [];
  const known = new Set(parents.map(({ point }) => point.join()));
  const dimension = parents[0]?.point.length ?? 0;
  const winner = createTournament(parents, draws);
  let attempts = 0;
  while (born.length < count) {
    const [a, b] = [winner(), winner()];
    const pair =
      draws.uniform() < crossoverRate
        ? simulatedBinaryCrossover(a, b, crossoverEta, () => ({
            apply: draws.uniform(),
            spread: draws.uniform(),
            swap: draws.uniform(),
          }))
        : [a, b];
    for (const grown of pair) {
      const child = polynomialMutation(grown, mutationEta, 1 / dimension, () => ({
        apply: draws.uniform(),
        step: draws.uniform(),
      }));
      const key = child.join();
      // Copies crowd out what is different; after many attempts there may be nothing different left.
      if (known.has(key) && attempts++ < 50 * count) continue;
      known.add(key);
      born.push(child);
    }
  }
  return born.slice(0, count);
}

/** Binary tournaments over shuffled members, so that each meets as many rivals as the others do. */
function createTournament(members: readonly Member[], { uniform }: Draws): () => Float64Array {
  const deck: Member[] = [];
  const deal = (): Member => {
    if (deck.length === 0) {
      deck.push(...members);
      for (let i = deck.length - 1; i > 0; i--) {
        const j = Math.floor(uniform() * (i + 1));
        [deck[i], deck[j]] = [deck[j] as Member, deck[i] as Member];
      }
    }
    return deck.pop() as Member;
  };
  return () => {
    const [a, b] = [deal(), deal()];
    if (a.front !== b.front) return (a.front < b.front ? a : b).point;
    return (a.distance >= b.distance ? a : b).point;
  };
}
