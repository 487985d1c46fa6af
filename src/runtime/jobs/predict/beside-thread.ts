/** The thread that predicts some of the rows of calls of a predictor, until there are none any more. */
import { workerData } from "node:worker_threads";
import { batchOver, copyBatch, createBatch, cutBatch } from "../../data/batches/records.js";
import { type BesideWork, rowsOfBlock } from "./beside.js";
import { returnBlock, workOff } from "./block-ring.js";
import { openFewRows, planFewRows } from "./few-rows.js";
import { createScorer } from "./scorer.js";

const { setup, ring } = workerData as BesideWork;
const { target, variables, values, layout } = setup;
const plan = planFewRows(target, variables);
const few = plan === undefined ? undefined : openFewRows(plan, values);
if (few !== undefined) {
  const score = createScorer(few.session, target, layout);
  // Not every engine reads memory that threads share.
  const own = createBatch(layout, rowsOfBlock);
  workOff(ring, (block) => {
    try {
      const part = cutBatch(own, layout, block.rows);
      copyBatch(cutBatch(batchOver(ring.blocks[block.at]!, layout, rowsOfBlock), layout, block.rows), layout, part, 0);
      score(part, new Float32Array(ring.results[block.at]!));
    } catch (error) {
      returnBlock(ring, block);
      throw error;
    }
  });
  few.session.close();
}
