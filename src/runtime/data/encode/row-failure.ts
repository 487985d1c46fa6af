import { Failure } from "../../failure.js";

/** A value of a row that does not fit (MTL7113), with the row's place in the call. */
export class RowFailure extends Failure {
  constructor(
    failure: Failure,
    readonly row: number,
  ) {
    super(failure.diagnostics);
  }
}
