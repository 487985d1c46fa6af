/** Kernels of rows of tables. */
import { type Code, doWhile, f32x4, i32, type Local, unreachable, v128, when } from "../../wasm/instructions.js";
import { advance, bytes, kernel, lanesBytes, numberBytes } from "../../wasm/kernel.js";
import { eachPanel, vectorsOf } from "./matrix-kernels.js";

/**
 * (table, ids, scratch, out, count, features, width, rows): for each of `count` rows of ids, the sum of the rows of a table of `rows` rows that its
 * `features` ids name. `scratch` has room for an address each. An id that is not one of them is a trap.
 */
export const gatherSum = kernel(8, ([table, ids, scratch, out, count, features, width, rows], { local }) => {
  const ints = (): Local => local("i32");
  const [rowBytes, id, at, end, place, left, from] = [ints(), ints(), ints(), ints(), ints(), ints(), ints()];
  const lanes = Array.from({ length: 6 }, () => local("v128"));
  const addresses: Code = [
    ...at.set(scratch!.get),
    ...doWhile(
      [
        ...id.set(i32.load(ids!.get)),
        ...when(i32.atLeastUnsigned(id.get, rows!.get), unreachable),
        ...i32.store(at.get, i32.add(table!.get, i32.mul(id.get, rowBytes.get))),
        ...advance(ids!, numberBytes),
        ...advance(at, numberBytes),
      ],
      i32.lessUnsigned(at.get, end.get),
    ),
  ];
  const pass = (vectors: number): Code => {
    const own = lanes.slice(0, vectors);
    const row = [...from.set(i32.add(i32.load(at.get), place.get)), ...advance(at, numberBytes)];
    return [
      ...at.set(scratch!.get),
      ...row,
      ...own.flatMap((lane, vector) => lane.set(v128.load(from.get, vector * lanesBytes))),
      ...when(
        i32.lessUnsigned(at.get, end.get),
        doWhile(
          [
            ...row,
            ...own.flatMap((lane, vector) => lane.set(f32x4.add(lane.get, v128.load(from.get, vector * lanesBytes)))),
          ],
          i32.lessUnsigned(at.get, end.get),
        ),
      ),
      ...own.flatMap((lane, vector) => v128.store(i32.add(out!.get, place.get), lane.get, vector * lanesBytes)),
    ];
  };
  return [
    ...rowBytes.set(bytes(width!)),
    ...end.set(i32.add(scratch!.get, bytes(features!))),
    ...doWhile(
      [
        ...addresses,
        ...place.set(i32.const(0)),
        ...left.set(vectorsOf(width!)),
        ...eachPanel(left, place, pass),
        ...out!.set(i32.add(out!.get, rowBytes.get)),
        ...advance(count!, -1),
      ],
      count!.get,
    ),
  ];
});
