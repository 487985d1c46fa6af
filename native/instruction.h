// What an instruction of a plan is, and where its numbers lie. Each works on the rows [row, row + rows) of its loop, a row being as many numbers as the plan says.
#pragma once
#include <algorithm>
#include <cstdint>
#include <cstring>
#include <type_traits>
#include <vector>

#include "numbers.h"

namespace mtl {

/// Whose memory a buffer is: JavaScript's, one entry a step of a queue that is fed, the plan's, or that of a thread for the rows at hand.
enum class BufferKind { given = 0, queue = 1, own = 2, local = 3, perThread = 4 };

struct Buffer {
  BufferKind kind;
  float* data;
  /// Of a queue: numbers from a step to the next. Of `local`: where it begins in the arena. Of `perThread`: the buffer of all threads, and numbers of one.
  long queueStride;
};

struct Operand {
  int buffer;
  long offset;
  long rowStride;
};

struct Context {
  const Buffer* buffers;
  float* arena;
  int thread;
  int threads;
  long step;
  long row;
  long rows;
  /// Whether the rows at hand are the first of the part.
  bool isFirst;
};

struct Instruction;
using Run = void (*)(const Instruction&, const Context&);

struct Instruction {
  Run run;
  std::vector<Operand> operands;
  std::vector<long> numbers;
  /// Among all of the plan.
  int place = 0;
};

struct Kernel {
  const char* name;
  Run run;
};

/// Where the rows at hand of an operand begin. What is not of the loop's rows has a row stride of 0.
inline float* place(const Instruction& instruction, const Context& context, int index) {
  const Operand& operand = instruction.operands[index];
  const Buffer& buffer = context.buffers[operand.buffer];
  switch (buffer.kind) {
    case BufferKind::local:
      return context.arena + buffer.queueStride + operand.offset;
    case BufferKind::queue:
      return buffer.data + buffer.queueStride * context.step + operand.offset + operand.rowStride * context.row;
    default:
      return buffer.data + operand.offset + operand.rowStride * context.row;
  }
}

inline int32_t* intPlace(const Instruction& instruction, const Context& context, int index) {
  return reinterpret_cast<int32_t*>(place(instruction, context, index));
}

constexpr int mostDims = 5;
/// Parts of a row of a table that one instruction reads or writes.
constexpr int mostParts = 8;

/// Loops over the elements of an instruction: sizes, the first of which is a multiple of the rows, and strides of each operand.
struct Walk {
  int dims;
  long size[mostDims];
  /// By operand, then by axis.
  long stride[4][mostDims];
};

inline Walk walkOf(const Instruction& instruction, const Context& context, int operands, size_t from = 0) {
  Walk walk;
  const long* numbers = instruction.numbers.data() + from;
  walk.dims = static_cast<int>(numbers[0]);
  for (int axis = 0; axis < walk.dims; ++axis) walk.size[axis] = numbers[1 + axis];
  walk.size[0] *= context.rows;
  for (int operand = 0; operand < operands; ++operand)
    for (int axis = 0; axis < walk.dims; ++axis)
      walk.stride[operand][axis] = numbers[1 + walk.dims * (1 + operand) + axis];
  return walk;
}

/// Calls `inner` with offsets of the operands for each run of the last axis.
template <int operands, class Inner>
inline void eachRun(const Walk& walk, Inner inner) {
  const int last = walk.dims - 1;
  long index[mostDims] = {0};
  long offset[operands] = {0};
  for (int axis = 0; axis < last; ++axis)
    if (walk.size[axis] == 0) return;
  for (;;) {
    inner(offset);
    int axis = last - 1;
    for (; axis >= 0; --axis) {
      for (int operand = 0; operand < operands; ++operand) offset[operand] += walk.stride[operand][axis];
      if (++index[axis] < walk.size[axis]) break;
      for (int operand = 0; operand < operands; ++operand) offset[operand] -= walk.stride[operand][axis] * walk.size[axis];
      index[axis] = 0;
    }
    if (axis < 0) return;
  }
}

/// Lanes of a vector in another order.
inline Vec permute(Vec value, IVec order) {
#ifdef __AVX512F__
  return (Vec)_mm512_permutexvar_ps((__m512i)order, (__m512)value);
#else
  return (Vec)_mm256_permutevar8x32_ps((__m256)value, (__m256i)order);
#endif
}

inline Vec fetch(const float* from, long stride, long at, int count) {
  if (stride == 1) return count == lanes ? load(from + at) : load(from + at, count);
  if (stride == 0) return spread(*from);
  Vec result = spread(0.0f);
  for (int lane = 0; lane < count; ++lane) result[lane] = from[(at + lane) * stride];
  return result;
}

inline void keep(float* to, long stride, long at, int count, Vec value) {
  if (stride == 1) {
    if (count == lanes)
      store(to + at, value);
    else
      store(to + at, value, count);
    return;
  }
  for (int lane = 0; lane < count; ++lane) to[(at + lane) * stride] = value[lane];
}

/// Vectors of columns that are summed in registers at once: few enough for what is read of them, of all rows at hand, to stay in the nearest cache.
constexpr int mostTogether = lanes == 16 ? 4 : 6;
/// As many as there are registers for, where each row reads other numbers.
constexpr int mostInRegisters = 8;

/// Calls `work` with a number of vectors, as a constant.
template <int most, class Work>
inline void withConstant(int count, const Work& work) {
  if constexpr (most > 1) {
    if (count < most) return withConstant<most - 1>(count, work);
  }
  work(std::integral_constant<int, most>());
}

/// Calls `work` with some vectors of columns at a time, a constant number of about as many each, and the first column; gives the first of those that fill no vector.
template <int most = mostTogether, class Work>
inline long byColumns(long width, const Work& work) {
  long column = 0;
  for (int left = static_cast<int>(width / lanes); left > 0;) {
    const int parts = (left + most - 1) / most, count = (left + parts - 1) / parts;
    withConstant<most>(count, [&](auto together) { work(together, column); });
    column += count * lanes;
    left -= count;
  }
  return column;
}

/// How the numbers of an operand follow each other in a run.
enum class Kind { flat, same, strided, repeated };

/// Loops over runs that are as long as can be: where rows are not longer than a vector, several of them are one run, in which operands with a number a row
/// give it to each of the row.
template <int operands>
struct Runs {
  Walk walk;
  Kind kind[operands];
  long stride[operands];
  /// Of a row within a run.
  int shortRow = 1;
  IVec pattern{};

  explicit Runs(const Walk& given) : walk(given) {
    const int last = walk.dims - 1;
    if (last > 0 && isShort(last)) {
      shortRow = static_cast<int>(walk.size[last]);
      for (int lane = 0; lane < lanes; ++lane) pattern[lane] = lane / shortRow;
      for (int i = 0; i < operands; ++i)
        kind[i] = walk.stride[i][last] == 1 ? Kind::flat : walk.stride[i][last - 1] == 0 ? Kind::same : Kind::repeated;
      walk.size[last - 1] *= shortRow;
      walk.dims = last;
      return;
    }
    for (int i = 0; i < operands; ++i) {
      stride[i] = walk.stride[i][last];
      kind[i] = stride[i] == 1 ? Kind::flat : stride[i] == 0 ? Kind::same : Kind::strided;
    }
  }

  long size() const { return walk.size[walk.dims - 1]; }

  Vec take(int operand, const float* from, long at, int count) const {
    switch (kind[operand]) {
      case Kind::flat:
        return count == lanes ? load(from + at) : load(from + at, count);
      case Kind::same:
        return spread(*from);
      case Kind::strided:
        return fetch(from, stride[operand], at, count);
      case Kind::repeated:
        break;
    }
    if (shortRow == lanes) return spread(from[at / lanes]);
    const int rows = (count + shortRow - 1) / shortRow;
    return permute(load(from + at / shortRow, rows), pattern);
  }

  void put(float* to, long at, int count, Vec value) const {
    if (kind[0] == Kind::flat)
      keep(to, 1, at, count, value);
    else
      keep(to, stride[0], at, count, value);
  }

 private:
  bool isShort(int last) const {
    const long n = walk.size[last];
    if (n > lanes || lanes % n != 0 || walk.stride[0][last] != 1) return false;
    for (int i = 0; i < operands; ++i) {
      const long inner = walk.stride[i][last], outer = walk.stride[i][last - 1];
      const bool fits = (inner == 1 && outer == n) || (inner == 0 && (outer == 1 || outer == 0) && i > 0);
      if (!fits) return false;
    }
    return true;
  }
};

}  // namespace mtl
