/** The free choices of the generator, as flags of `mmoe-synthetic` and `write-mmoe-data`. */
import { option, UsageError } from "../../report.js";
import { type Generator, type PresetName, presets } from "./generator.js";

export const presetNames = Object.keys(presets) as readonly PresetName[];

/** Throws with the names that there are where this is none of them. */
export function presetNamed(name: string): PresetName {
  const found = presetNames.find((each) => each === name);
  if (found === undefined) throw new UsageError(`${name} is not a preset; there is ${presetNames.join(", ")}`);
  return found;
}

/**
 * `--preset google|keras|pytorch`, and in place of what it says: `--dimension 100`, `--scale 1` (c), `--alphas 1,2,3` and
 * `--betas 0,1,4` (as many of either as there are sines), `--noise 0.01` (standard deviation).
 */
export function generatorOf(words: readonly string[]): Generator {
  const preset = presets[presetNamed(option(words, "preset", "google"))];
  const alphas = numbersOption(words, "alphas", preset.alphas);
  const betas = numbersOption(words, "betas", preset.betas);
  if (alphas.length !== betas.length)
    throw new UsageError(`there are ${alphas.length} alphas and ${betas.length} betas: give as many of either`);
  return {
    dimension: numberOption(words, "dimension", preset.dimension),
    scale: numberOption(words, "scale", preset.scale),
    alphas,
    betas,
    noise: numberOption(words, "noise", preset.noise),
  };
}

/** The number after `--name`. Throws where it is none. */
export function numberOption(words: readonly string[], name: string, otherwise: number): number {
  return finite(name, option(words, name, String(otherwise)));
}

/** The numbers after `--name`, with commas between them. */
export function numbersOption(words: readonly string[], name: string, otherwise: readonly number[]): readonly number[] {
  return option(words, name, otherwise.join(","))
    .split(",")
    .map((text) => finite(name, text));
}

function finite(name: string, text: string): number {
  const value = Number(text);
  if (text.trim() === "" || !Number.isFinite(value)) throw new UsageError(`--${name} takes a number, not "${text}"`);
  return value;
}
