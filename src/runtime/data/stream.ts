/** The rows of files as batches, encoded while they are read: no file of them is written, and none is read again. */
import { dirname, resolve } from "node:path";
import type { Diagnostic } from "../../compiler/diagnostics/index.js";
import { batchLayout } from "../../compiler/model/layout.js";
import type { BlockTaker } from "./batches/blocks.js";
import { openCacheFolder } from "./batches/cache.js";
import type { EncodingReport } from "./batches/dataset.js";
import { encodeBlocks } from "./encode/encode-blocks.js";
import type { Fitted } from "./encode/fitted.js";
import { createEnums } from "./expressions/enums.js";
import { withDatabase } from "./files/database.js";
import { createGzipCheck } from "./files/gzip.js";
import type { OpenDataOptions } from "./open-options.js";
import { explainEncoding, violationWarnings } from "./read-errors.js";
import { type DataRole, openRole } from "./roles.js";
import type { DataSpec } from "./uses.js";

export interface EncodeRowsOptions extends Omit<OpenDataOptions, "roles" | "fitted" | "continues" | "whileEncoding"> {
  readonly role: DataRole;
  readonly fitted: Fitted;
}

export interface EncodedRows {
  readonly report: EncodingReport;
  readonly warnings: readonly Diagnostic[];
}

/**
 * Encodes every row of a role, in the order of the files, for whoever takes the blocks; undefined when no files are named for the role. `open` is
 * asked who takes them once it is sure that there are such files with what the spec reads. Throws a {@link Failure} that says what
 * to fix, the same as `openData`.
 */
export async function encodeRows(
  spec: DataSpec,
  { role, fitted, kept, onProgress, signal, ...places }: EncodeRowsOptions,
  open: () => Promise<BlockTaker>,
): Promise<EncodedRows | undefined> {
  const folder = await openCacheFolder(dirname(resolve(places.specPath)));
  return withDatabase({ folder, signal }, async (database) => {
    const data = await openRole(database, spec, places, role, kept);
    if (data === undefined) return undefined;
    const { relation, labels, weight } = data;
    const taker = await open();
    let takerFault: { readonly error: unknown } | undefined;
    try {
      await createGzipCheck(signal)(relation.source);
      const onRows = (rows: number): void => onProgress?.({ phase: "encode", role, rows });
      const { features } = spec;
      const request = {
        relation,
        enums: createEnums(database),
        features,
        layout: batchLayout(spec),
        fitted,
        labels,
        weight,
        onRows,
      };
      const { report, violations } = await encodeBlocks(database, request, {
        ...taker,
        take: async (batch, rows) => {
          try {
            await taker.take(batch, rows);
          } catch (error) {
            takerFault = { error };
            throw error;
          }
        },
      });
      return { report, warnings: violationWarnings(spec, role, violations, report.rows) };
    } catch (error) {
      if (takerFault !== undefined) throw takerFault.error;
      throw await explainEncoding(error, database, spec, data);
    }
  });
}
