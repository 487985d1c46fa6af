/** Writes the data of the examples of short videos: `npm run bench -- write-video-log`. The same bytes each time. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { print, projectRoot } from "./report.js";
import { createDraws } from "../src/runtime/tune/index.js";

export const summary = "writes specs/examples/videos/train.csv.gz and test.csv.gz again";

const users = 80;
const videos = 150;
const authors = 30;
const devices = ["phone", "tablet", "tv"] as const;
/** Places of a page. */
const places = 8;
const pages = { train: 450, test: 120 } as const;

/**
 * Pages of videos that users with a taste in two dimensions look at. What is further down is clicked less, and least on
 * phones; long videos are watched longer and finished less; likes follow taste, shares follow the topic; how sharp a video
 * is, is often unknown.
 */
export function run(): void {
  const { normal, uniform } = createDraws(43);
  const tastes = Array.from({ length: users }, () => [normal(), normal()] as const);
  const shown = Array.from({ length: videos }, (_, video) => ({
    author: video % authors,
    topic: Math.floor(uniform() * 6),
    length: Math.exp(3.4 + 0.8 * normal()),
    sharpness: uniform(),
    isKnown: uniform() < 0.7,
    kind: [normal(), normal()] as const,
  }));
  const happens = (logit: number): number => (uniform() < 1 / (1 + Math.exp(-logit)) ? 1 : 0);
  for (const role of ["train", "test"] as const) {
    const rows = Array.from({ length: pages[role] }, () => {
      const user = Math.floor(uniform() * users);
      const device = devices[Math.floor(uniform() * devices.length)]!;
      const hour = Math.floor(uniform() * 24);
      return Array.from({ length: places }, (_, place) => {
        const id = Math.floor(uniform() * videos);
        const video = shown[id]!;
        const fit = tastes[user]![0] * video.kind[0] + tastes[user]![1] * video.kind[1];
        const bias = (device === "phone" ? -0.35 : -0.15) * place;
        const click = happens(0.6 + 0.8 * fit + bias + video.sharpness - 0.5);
        const share = Math.min(1, Math.exp(-0.3 + 0.5 * fit + 0.3 * normal()) / (1 + video.length / 60));
        const watch = click * Math.min(video.length, video.length * share);
        const finish = click * (watch >= video.length * 0.95 ? 1 : 0);
        const like = click * happens(-1.5 + fit);
        const shared = click * happens(-2.2 + 0.5 * (video.topic - 2));
        const ids = [`u${user}`, `v${id}`, `a${video.author}`, `t${video.topic}`];
        const facts = [
          hour,
          device,
          place + 1,
          video.length.toFixed(1),
          video.isKnown ? video.sharpness.toFixed(2) : "",
        ];
        const cells = [...ids, ...facts, click, finish, like, shared, watch.toFixed(1)];
        return { cells, length: video.length, click, watch };
      });
    }).flat();
    const ranks = watchRanks(rows);
    const lines = rows.map(({ cells }, row) => [...cells, ranks[row]?.toFixed(3) ?? ""].join(","));
    const head =
      "user_id,video_id,author_id,topic,hour,device,position,length,sharpness,click,finish,like,share,watch,watch_rank";
    const path = join(projectRoot, `specs/examples/videos/${role}.csv.gz`);
    writeFileSync(path, gzipSync([head, ...lines, ""].join("\n"), { level: 9 }));
    print(`${path}: ${lines.length} rows`);
  }
}

/** Of a row that is clicked the rank of its watch time, from 0 to 1, among the clicked rows of its tenth of the lengths. */
function watchRanks(
  rows: readonly { readonly length: number; readonly click: number; readonly watch: number }[],
): readonly (number | undefined)[] {
  const byLength = rows.map((_, row) => row).toSorted((a, b) => rows[a]!.length - rows[b]!.length);
  const ranks: (number | undefined)[] = rows.map(() => undefined);
  const size = Math.ceil(rows.length / 10);
  for (let begin = 0; begin < byLength.length; begin += size) {
    const clicked = byLength.slice(begin, begin + size).filter((row) => rows[row]!.click === 1);
    const times = clicked.map((row) => rows[row]!.watch);
    for (const row of clicked) {
      const { watch } = rows[row]!;
      const below = times.filter((time) => time < watch).length;
      const equal = times.filter((time) => time === watch).length;
      ranks[row] = (below + equal / 2) / times.length;
    }
  }
  return ranks;
}
