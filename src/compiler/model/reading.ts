import type { DataModel, FileReading } from "./model.js";

/** How files are read that the spec does not name: as its training files are, or as `format` says. */
export function readingOf(data: DataModel): FileReading | undefined {
  return data.train ?? data.test ?? data.validation ?? data.format;
}
