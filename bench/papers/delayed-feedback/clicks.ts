/**
 * Clicks whose probability of a conversion, and whose rate at which it comes, are known: the delay is exponential, as Chapelle's model
 * has it, with a rate of its own for each campaign, and campaigns that convert more may be slower.
 */
import { createDraws } from "../../../src/runtime/statistics/index.js";

/** Every free choice. */
export interface ClickChoices {
  readonly seed: number;
  /** Clicks to train on, and to measure on. */
  readonly rows: number;
  readonly testRows: number;
  /** Over how many days clicks were collected, evenly. */
  readonly days: number;
  /** Geometric mean over campaigns of the mean delay, in days, and the deviation of its logarithm. */
  readonly delay: number;
  readonly delaySpread: number;
  /** Logit of a click on average. */
  readonly base: number;
  /** How much slower, in logarithms, a campaign is whose logit is higher by 1. */
  readonly slower: number;
}

export const defaultClicks: Omit<ClickChoices, "seed"> = {
  rows: 30_000,
  testRows: 20_000,
  days: 10,
  delay: 4,
  delaySpread: 0.5,
  base: -1.5,
  slower: 0.3,
};

const counts = { campaigns: 50, sites: 20 } as const;

export interface Click {
  readonly campaign: string;
  readonly site: string;
  readonly age: number;
  /** Of a conversion, however late. */
  readonly probability: number;
  readonly converts: boolean;
  /** Days from the click to its conversion, if it converts. */
  readonly delay: number;
  /** Days from the click to the last click that was collected. */
  readonly before: number;
}

/** Clicks to train on and to measure on, of the same campaigns and sites. */
export function drawClicks(choices: ClickChoices): {
  readonly train: readonly Click[];
  readonly test: readonly Click[];
} {
  const { normal, uniform } = createDraws(choices.seed, 0xde1a);
  const campaigns = Array.from({ length: counts.campaigns }, () => {
    const taste = normal();
    const mean = choices.delay * Math.exp(choices.slower * taste + choices.delaySpread * normal());
    return { taste, mean };
  });
  const sites = Array.from({ length: counts.sites }, () => ({ taste: 0.5 * normal(), slope: 0.4 + 0.3 * normal() }));
  const click = (): Click => {
    const campaign = Math.floor(uniform() * campaigns.length);
    const site = Math.floor(uniform() * sites.length);
    const age = normal();
    const { taste, mean } = campaigns[campaign]!;
    const { taste: offset, slope } = sites[site]!;
    const probability = 1 / (1 + Math.exp(-(choices.base + taste + offset + slope * age)));
    return {
      campaign: `a${campaign}`,
      site: `s${site}`,
      age,
      probability,
      converts: uniform() < probability,
      delay: -Math.log(1 - uniform()) * mean,
      before: choices.days * uniform(),
    };
  };
  return {
    train: Array.from({ length: choices.rows }, click),
    test: Array.from({ length: choices.testRows }, click),
  };
}

/** Which rows a method gets of a log that was taken so many days after its last click. */
export type Rows = "as seen" | "old" | "twice" | "all known";

/** Days that a click must be old to train a method that waits. */
export const waited = 5;

/** The lines of a file. */
export function logText(clicks: readonly Click[], age: number, rows: Rows): string {
  const lines = clicks.flatMap((click) => {
    const elapsed = age + click.before;
    const seen = click.converts && (rows === "all known" || click.delay <= elapsed);
    switch (rows) {
      case "as seen":
      case "all known":
        return [line(click, seen, elapsed)];
      case "old":
        return elapsed < waited ? [] : [line(click, seen, elapsed)];
      case "twice":
        return seen ? [line(click, false, elapsed), line(click, true, elapsed)] : [line(click, false, elapsed)];
    }
  });
  return ["campaign,site,age,conversion,delay,elapsed", ...lines, ""].join("\n");
}

function line(click: Click, seen: boolean, elapsed: number): string {
  return [
    click.campaign,
    click.site,
    click.age.toFixed(3),
    seen ? 1 : 0,
    seen ? click.delay.toFixed(4) : "",
    elapsed.toFixed(4),
  ].join(",");
}

/** The share of conversions that a log of that age does not know of yet. */
export function unseenShare(clicks: readonly Click[], age: number): number {
  const conversions = clicks.filter(({ converts }) => converts);
  return conversions.filter(({ delay, before }) => delay > age + before).length / conversions.length;
}
