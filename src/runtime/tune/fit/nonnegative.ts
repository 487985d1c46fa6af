/** Least squares with coefficients ≥ 0, over the Gram matrix: its size is that of the coefficients, whatever the rows. */
import { CholeskyDecomposition, Matrix, solve } from "ml-matrix";

/**
 * Minimises ½ bᵀ G b − hᵀ b over b ≥ 0, G symmetric and positive definite (row-major). The active set method of Lawson
 * and Hanson in the form of Bro and de Jong ("A fast non-negativity-constrained least squares algorithm", 1997).
 */
export function nonnegativeQuadratic(gram: Float64Array, h: Float64Array): Float64Array {
  const p = h.length;
  const scale = Math.max(...h.map(Math.abs), 1e-300);
  const tolerance = 1e-12 * scale;
  const isFree = Array.from({ length: p }, () => false);
  let b = new Float64Array(p);
  // Each pass frees one coefficient; a cycle by rounding ends here as well.
  for (let pass = 0; pass < 10 * p; pass++) {
    const gradient = h.map((value, i) => value - rowDot(gram, i, b));
    let entering = -1;
    for (let i = 0; i < p; i++)
      if (!isFree[i] && gradient[i]! > tolerance) if (entering < 0 || gradient[i]! > gradient[entering]!) entering = i;
    if (entering < 0) return b;
    isFree[entering] = true;
    for (;;) {
      const solution = solveFree(gram, h, isFree);
      if (solution.every((value, i) => !isFree[i] || value > 0)) {
        b = solution;
        break;
      }
      // As far towards the solution as all stay ≥ 0; what reaches 0 is held there.
      let share = 1;
      for (let i = 0; i < p; i++)
        if (isFree[i] && solution[i]! <= 0) share = Math.min(share, b[i]! / (b[i]! - solution[i]!));
      b = b.map((value, i) => value + share * (solution[i]! - value));
      for (let i = 0; i < p; i++)
        if (isFree[i] && b[i]! <= 1e-15) {
          isFree[i] = false;
          b[i] = 0;
        }
      if (!isFree.includes(true)) break;
    }
  }
  return b;
}

function rowDot(gram: Float64Array, row: number, b: Float64Array): number {
  let sum = 0;
  for (let j = 0; j < b.length; j++) sum += gram[row * b.length + j]! * b[j]!;
  return sum;
}

/** The unconstrained minimum over the free coefficients, the others at 0. */
function solveFree(gram: Float64Array, h: Float64Array, isFree: readonly boolean[]): Float64Array<ArrayBuffer> {
  const p = h.length;
  const free = isFree.flatMap((value, i) => (value ? [i] : []));
  // One half of the matrix: the other may differ by rounding.
  const part = new Matrix(free.map((i) => free.map((j) => gram[Math.max(i, j) * p + Math.min(i, j)]!)));
  const right = Matrix.columnVector(free.map((i) => h[i]!));
  const cholesky = new CholeskyDecomposition(part);
  const found = cholesky.isPositiveDefinite() ? cholesky.solve(right) : solve(part, right, true);
  const b = new Float64Array(p);
  for (const [k, i] of free.entries()) b[i] = found.get(k, 0);
  return b;
}
