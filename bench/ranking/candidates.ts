/** Candidates of a shop for the ranking benchmarks: a few brands with many items, many with few. The same for a seed. */
import type { InputRow } from "../../src/compiler/formulas/index.js";

/** Candidates of the small spec; without dimensions they have no vector. */
export function smallCandidates(count: number, random: () => number, dimensions: number): readonly InputRow[] {
  return Array.from({ length: count }, (_, i) => ({
    id: `item${i}`,
    ctr: random() ** 2,
    cvr: random() ** 3,
    stay: 300 * random(),
    price: 500 * random() ** 2,
    brand: `b${Math.floor(200 * random() ** 3)}`,
    category: `c${Math.floor(20 * random() ** 3)}`,
    ...(dimensions === 0 ? {} : { shape: Array.from({ length: dimensions }, () => random() - 0.5) }),
  }));
}

const campaigns = ["double11", "clearance", "spring", "summer", "winter", "vip", "flash"];
const tags = ["gift", "organic", "sale", "bundle", "import", "handmade", "classic", "clickbait", "banned"];

/** Candidates of the spec of rules; `now` in seconds since 1970. */
export function shopCandidates(count: number, random: () => number, now: number): readonly InputRow[] {
  const orNone = <T>(share: number, value: T): T | undefined => (random() < share ? undefined : value);
  return Array.from({ length: count }, (_, i) => {
    const views = Math.floor(2000 * random() ** 4);
    return {
      ...smallCandidates(1, random, 0)[0],
      id: `item${i}`,
      stock: Math.floor(50 * random()),
      rating: orNone(0.2, 5 * random()),
      quality: random(),
      vulgarity: orNone(0.01, random() ** 6),
      margin: random(),
      views,
      clicks: Math.floor(views * 0.2 * random()),
      seller: `s${Math.floor(300 * random() ** 2)}`,
      series: orNone(0.5, `series${Math.floor(400 * random())}`),
      campaign: orNone(0.7, campaigns[Math.floor(campaigns.length * random())]),
      city: `city${Math.floor(30 * random() ** 2)}`,
      tags: tags.filter(() => random() < 0.06),
      listed_at: now - 86_400 * 400 * random() ** 2,
      member: random() < 0.2,
      offline: random() < 0.02,
    };
  });
}
