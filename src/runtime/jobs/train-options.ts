/** What a training is asked to do. */
import { omitUndefined } from "../../compiler/text/index.js";
import type { DataRole } from "../data/index.js";
import type { EngineName, Products } from "../engine/index.js";
import type { TrainEvent } from "../events.js";

/** Files in place of those that the spec names, relative to the working directory; globs allowed. */
export interface DataFiles {
  readonly train?: readonly string[];
  readonly validation?: readonly string[];
  readonly test?: readonly string[];
}

export interface TrainOptions extends DataFiles {
  /** Path of the spec, or directory of an artifact, whose spec it is. */
  readonly spec: string;
  /** Texts in place of those of the spec's files, by path. */
  readonly texts?: Readonly<Record<string, string>>;
  /** What is opened of the data; the kept weights are measured on test data only where that is. Default: all that there is. */
  readonly roles?: readonly DataRole[];
  /** Directory of the artifact; while training it holds the checkpoints. Absent: nothing is written. */
  readonly output?: string;
  /** Targets whose files the artifact has besides those of every artifact. What they cannot carry is refused before data is read. */
  readonly targets?: readonly string[];
  /** In place of the spec's. */
  readonly seed?: number;
  readonly epochs?: number;
  readonly steps?: number;
  /**
   * Go on from the newest checkpoint in `output`. Without one, the run starts at its beginning (MTL7330); where it is done
   * already, nothing is done. So the same call may be made again until it succeeds.
   */
  readonly resume?: boolean;
  /**
   * Directory of a trained artifact to start from: what `mtlc diff ARTIFACT SPEC` says warm-starts is transferred. A
   * resumed run goes on from its checkpoint instead.
   */
  readonly warmStart?: string;
  /**
   * Directory of a trained artifact to go on from with later data: its weights, scales and ids stay, new values get ids after
   * them, and the optimizer is reinitialized. A resumed run goes on from its checkpoint.
   */
  readonly continues?: string;
  /** Drop the checkpoints of an unfinished run in `output`. */
  readonly force?: boolean;
  readonly checkpoints?: {
    /** Steps between two; absent: as the spec says, else only by time. */
    readonly everySteps?: number;
    /** Seconds between two. Default 60. */
    readonly everySeconds?: number;
  };
  /** Folder of TensorBoard event files. */
  readonly tensorboard?: string;
  /** Default: `MTLC_ENGINE`, else the fastest that works. */
  readonly engine?: EngineName;
  /**
   * What the factors of a step's products of matrices are rounded to. Default "float32". "bfloat16" is faster, and refused (MTL7441) where the
   * processor, the engine or the addon does not have it. What measures the model is of float32 either way.
   */
  readonly products?: Products;
  /** Bytes of encoded rows held in memory; the rest is read from the disk. Default 64 MiB, or 1 GiB where a loss compares the rows of whole lists. */
  readonly cacheLimit?: number;
  /** Ends the run after the step under way, with a checkpoint to resume from. */
  readonly signal?: AbortSignal;
  readonly onEvent?: (event: TrainEvent) => void;
}

export function dataFiles({ train: trainFiles, validation, test }: DataFiles): DataFiles {
  return omitUndefined({ train: trainFiles, validation, test });
}
