/** Normal numbers drawn by the addon, bit by bit those of the compiler: a table of fifty million rows begins with a billion of them. */
import { availableParallelism } from "node:os";
import {
  type DrawNormal,
  drawNormal,
  type NormalDraw,
  quantileOf,
  shareOf,
} from "../../../compiler/graph/initialize.js";
import { threadCount } from "../../thread-count.js";
import { loadedAddon, type StepsAddon } from "./steps-addon.js";

let checked: { readonly addon: StepsAddon; readonly draw: DrawNormal } | undefined;

/** What draws fastest here: the addon where this process has loaded it and it gives the same numbers, else JavaScript. */
export function fastDraws(): DrawNormal {
  const addon = loadedAddon()?.addon;
  if (addon === undefined) return drawNormal;
  if (checked?.addon !== addon) {
    const native = drawsOf(addon);
    checked = { addon, draw: isSame(native) ? native : drawNormal };
  }
  return checked.draw;
}

function drawsOf(addon: StepsAddon): DrawNormal {
  const threads = threadCount() ?? availableParallelism();
  return (values, draw) => {
    const { key, upper, start, center, scale, low, span } = draw;
    const numberOf = quantileOf(draw);
    const unsure = addon.drawNormal(values, [...key, ...upper, start, center, scale, low, span], threads);
    for (let at = 0; at < unsure.length; at += 2) values[unsure[at]!] = numberOf(shareOf(unsure[at + 1]!));
  };
}

/** A compiler that fuses products with sums all the same would give others. */
function isSame(draw: DrawNormal): boolean {
  const some: NormalDraw = {
    key: [7, 11],
    upper: [0, 13, 17],
    start: 3,
    center: 0.1,
    scale: 1.3,
    low: 0.02,
    span: 0.96,
  };
  const [made, wanted] = [new Float32Array(500), new Float32Array(500)];
  draw(made, some);
  drawNormal(wanted, some);
  return made.every((value, at) => value === wanted[at]);
}
