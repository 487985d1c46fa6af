// The instructions of a plan. Each works on the rows [row, row + rows) of its loop, a row being as many numbers as the plan says.
#pragma once
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <limits>
#include <vector>

#include "numbers.h"
#include "products.h"

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

template <class F>
void mapOne(const Instruction& instruction, const Context& context) {
  float* out = place(instruction, context, 0);
  const float* a = place(instruction, context, 1);
  const Runs<2> runs(walkOf(instruction, context, 2));
  const long size = runs.size();
  const bool isFlat = runs.kind[0] == Kind::flat && runs.kind[1] == Kind::flat;
  eachRun<2>(runs.walk, [&](const long* offset) {
    float* to = out + offset[0];
    const float* x = a + offset[1];
    long i = 0;
    if (isFlat)
      for (; i + lanes <= size; i += lanes) store(to + i, F::of(load(x + i)));
    for (; i < size; i += lanes) {
      const int count = static_cast<int>(std::min<long>(lanes, size - i));
      runs.put(to, i, count, F::of(runs.take(1, x, i, count)));
    }
  });
}

template <class F>
void mapTwo(const Instruction& instruction, const Context& context) {
  float* out = place(instruction, context, 0);
  const float* a = place(instruction, context, 1);
  const float* b = place(instruction, context, 2);
  const Runs<3> runs(walkOf(instruction, context, 3));
  const long size = runs.size();
  const bool isFlat = runs.kind[0] == Kind::flat;
  eachRun<3>(runs.walk, [&](const long* offset) {
    float* to = out + offset[0];
    const float* x = a + offset[1];
    const float* y = b + offset[2];
    long i = 0;
    if (isFlat && runs.kind[1] == Kind::flat && runs.kind[2] == Kind::flat)
      for (; i + lanes <= size; i += lanes) store(to + i, F::of(load(x + i), load(y + i)));
    else if (isFlat && runs.kind[1] == Kind::flat && runs.kind[2] == Kind::same) {
      const Vec right = spread(*y);
      for (; i + lanes <= size; i += lanes) store(to + i, F::of(load(x + i), right));
    } else if (isFlat && runs.kind[1] == Kind::same && runs.kind[2] == Kind::flat) {
      const Vec left = spread(*x);
      for (; i + lanes <= size; i += lanes) store(to + i, F::of(left, load(y + i)));
    }
    for (; i < size; i += lanes) {
      const int count = static_cast<int>(std::min<long>(lanes, size - i));
      runs.put(to, i, count, F::of(runs.take(1, x, i, count), runs.take(2, y, i, count)));
    }
  });
}

/// Of the second where the first is not 0, else of the third. Moves numbers of any kind.
inline void select(const Instruction& instruction, const Context& context) {
  float* out = place(instruction, context, 0);
  const float* condition = place(instruction, context, 1);
  const float* a = place(instruction, context, 2);
  const float* b = place(instruction, context, 3);
  const Runs<4> runs(walkOf(instruction, context, 4));
  const long size = runs.size();
  eachRun<4>(runs.walk, [&](const long* offset) {
    for (long i = 0; i < size; i += lanes) {
      const int count = static_cast<int>(std::min<long>(lanes, size - i));
      const IVec mask = (IVec)(runs.take(1, condition + offset[1], i, count) != spread(0.0f));
      const IVec x = (IVec)runs.take(2, a + offset[2], i, count);
      const IVec y = (IVec)runs.take(3, b + offset[3], i, count);
      runs.put(out + offset[0], i, count, (Vec)((x & mask) | (y & ~mask)));
    }
  });
}

template <class F>
void mapInts(const Instruction& instruction, const Context& context) {
  auto* out = intPlace(instruction, context, 0);
  const int32_t* a = intPlace(instruction, context, 1);
  const bool isBinary = instruction.operands.size() > 2;
  const int32_t* b = isBinary ? intPlace(instruction, context, 2) : a;
  const Walk walk = walkOf(instruction, context, isBinary ? 3 : 2);
  const int last = walk.dims - 1, right = isBinary ? 2 : 1;
  const long size = walk.size[last];
  const long so = walk.stride[0][last], sa = walk.stride[1][last], sb = walk.stride[right][last];
  const auto inner = [&](const long* offset) {
    int32_t* to = out + offset[0];
    const int32_t* x = a + offset[1];
    const int32_t* y = b + offset[right];
    if (so == 1 && sa == 1 && sb == 1)
      for (long i = 0; i < size; ++i) to[i] = F::of(x[i], y[i]);
    else if (so == 1 && sa == 1 && sb == 0)
      for (long i = 0; i < size; ++i) to[i] = F::of(x[i], *y);
    else
      for (long i = 0; i < size; ++i) to[i * so] = F::of(x[i * sa], y[i * sb]);
  };
  if (isBinary)
    eachRun<3>(walk, inner);
  else
    eachRun<2>(walk, inner);
}

inline int32_t bitsOf(float value) {
  int32_t bits;
  std::memcpy(&bits, &value, sizeof bits);
  return bits;
}
inline float numberOf(int32_t bits) {
  float value;
  std::memcpy(&value, &bits, sizeof value);
  return value;
}

inline Vec truth(IVec mask) { return (Vec)(mask & (IVec)spread(1.0f)); }

namespace fn {
#define MTL_ONE(name, expression) \
  struct name { static Vec of(Vec x) { return expression; } };
#define MTL_TWO(name, expression) \
  struct name { static Vec of(Vec a, Vec b) { return expression; } };
#define MTL_INT(name, expression) \
  struct name { static int32_t of(int32_t a, int32_t b) { (void)b; return expression; } };
const Vec zero = spread(0.0f);
inline Vec choose(IVec mask, Vec a, Vec b) { return (Vec)(((IVec)a & mask) | ((IVec)b & ~mask)); }
MTL_ONE(Copy, x)
MTL_ONE(Neg, -x)
MTL_ONE(Abs, (Vec)((IVec)x & 0x7fffffff))
MTL_ONE(Sign, choose((IVec)(x != x), x, truth((IVec)(x > zero)) - truth((IVec)(x < zero))))
MTL_ONE(Exp, mtl::exp(x))
MTL_ONE(Expm1, mtl::expm1(x))
MTL_ONE(Log, mtl::log(x))
MTL_ONE(Log1p, mtl::log1p(x))
MTL_ONE(Sqrt, mtl::sqrt(x))
MTL_ONE(Cos, mtl::cos(x))
MTL_ONE(Erf, mtl::erf(x))
MTL_ONE(Sigmoid, mtl::sigmoid(x))
MTL_ONE(Softplus, mtl::softplus(x))
MTL_ONE(Tanh, mtl::tanh(x))
MTL_ONE(Relu, choose((IVec)(x > zero) | (IVec)(x != x), x, zero))
MTL_ONE(Not, truth((IVec)(x == zero)))
MTL_ONE(Truth, truth((IVec)(x != zero)))
MTL_TWO(Add, a + b)
MTL_TWO(Sub, a - b)
MTL_TWO(Mul, a * b)
MTL_TWO(Div, a / b)
MTL_TWO(Pow, mtl::pow(a, b))
MTL_TWO(Maximum, choose((IVec)(a > b) | (IVec)(a != a), a, b))
MTL_TWO(Minimum, choose((IVec)(a < b) | (IVec)(a != a), a, b))
MTL_TWO(Less, truth((IVec)(a < b)))
MTL_TWO(LessEqual, truth((IVec)(a <= b)))
MTL_TWO(Equal, truth((IVec)(a == b)))
MTL_TWO(And, a * b)
MTL_TWO(ReluGrad, (Vec)((IVec)a & (IVec)(b > zero)))
MTL_INT(IntNeg, -a)
MTL_INT(IntAbs, a < 0 ? -a : a)
MTL_INT(IntSign, (a > 0) - (a < 0))
MTL_INT(IntAdd, a + b)
MTL_INT(IntSub, a - b)
MTL_INT(IntMul, a * b)
MTL_INT(IntMaximum, a > b ? a : b)
MTL_INT(IntMinimum, a < b ? a : b)
MTL_INT(IntLess, bitsOf(a < b ? 1.0f : 0.0f))
MTL_INT(IntLessEqual, bitsOf(a <= b ? 1.0f : 0.0f))
MTL_INT(IntEqual, bitsOf(a == b ? 1.0f : 0.0f))
MTL_INT(IntToFloat, bitsOf(static_cast<float>(a)))
MTL_INT(FloatToInt, static_cast<int32_t>(numberOf(a)))
MTL_INT(IntToTruth, bitsOf(a != 0 ? 1.0f : 0.0f))
#undef MTL_ONE
#undef MTL_TWO
#undef MTL_INT
}  // namespace fn

inline float sumOf(Vec value) {
#ifdef __AVX512F__
  return _mm512_reduce_add_ps((__m512)value);
#else
  float total = 0;
  for (int lane = 0; lane < lanes; ++lane) total += value[lane];
  return total;
#endif
}

struct Adding {
  static constexpr float start = 0.0f;
  static Vec of(Vec a, Vec b) { return a + b; }
  static float of(float a, float b) { return a + b; }
};
struct Highest {
  static constexpr float start = -std::numeric_limits<float>::infinity();
  static Vec of(Vec a, Vec b) { return fn::Maximum::of(a, b); }
  static float of(float a, float b) { return a > b || a != a ? a : b; }
};

template <class F>
float across(Vec value, int count) {
  float total = value[0];
  for (int lane = 1; lane < count; ++lane) total = F::of(total, value[lane]);
  return total;
}

/// All of a strided run.
template <class F>
float reduceRun(const float* from, long stride, long size) {
  float total = F::start;
  long i = 0;
  if (stride == 1 && size >= lanes) {
    Vec sum = load(from);
    for (i = lanes; i + lanes <= size; i += lanes) sum = F::of(sum, load(from + i));
    total = F::of(total, across<F>(sum, lanes));
  }
  for (; i < size; ++i) total = F::of(total, from[i * stride]);
  return total;
}

/**
 * Over some axes: numbers are two walks, of the axes that stay (out, in) and of those that go (in). Which of them has the rows is said by the first
 * number: 0, those that stay; 1, those that go, whose sums are then added to a thread's own (`out` is cleared at its first rows).
 */
template <class F>
void reduce(const Instruction& instruction, const Context& context) {
  const long goes = instruction.numbers[0];
  const Operand& to = instruction.operands[0];
  float* out = place(instruction, context, 0);
  const float* in = place(instruction, context, 1);
  Context single = context;
  single.rows = 1;
  const Walk stay = walkOf(instruction, goes ? single : context, 2, 1);
  const size_t next = 2 + 3 * stay.dims;
  const Walk gone = walkOf(instruction, goes ? context : single, 1, next);
  const int ls = stay.dims - 1, lg = gone.dims - 1;
  if (goes) {
    const long size = instruction.numbers.back();
    out = context.buffers[to.buffer].data + to.offset + size * context.thread;
    if (context.isFirst)
      for (long i = 0; i < size; ++i) out[i] = F::start;
  }
  const bool byColumns = stay.stride[0][ls] == 1 && stay.stride[1][ls] == 1 && stay.size[ls] >= 4;
  eachRun<2>(stay, [&](const long* offset) {
    float* o = out + offset[0];
    const float* x = in + offset[1];
    if (byColumns) {
      for (long i = 0; i < stay.size[ls]; i += lanes) {
        const int count = static_cast<int>(std::min<long>(lanes, stay.size[ls] - i));
        Vec total = spread(F::start);
        eachRun<1>(gone, [&](const long* g) {
          for (long k = 0; k < gone.size[lg]; ++k)
            total = F::of(total, fetch(x + g[0] + k * gone.stride[0][lg], 1, i, count));
        });
        if (goes) total = F::of(total, fetch(o, 1, i, count));
        keep(o, 1, i, count, total);
      }
      return;
    }
    for (long i = 0; i < stay.size[ls]; ++i) {
      float total = F::start;
      eachRun<1>(gone, [&](const long* g) {
        total = F::of(total, reduceRun<F>(x + i * stay.stride[1][ls] + g[0], gone.stride[0][lg], gone.size[lg]));
      });
      float& result = o[i * stay.stride[0][ls]];
      result = goes ? F::of(result, total) : total;
    }
  });
}

/// Of what each thread has: numbers are the numbers of a row, and those of a thread. Threads that had no rows are left out.
template <class F>
void combine(const Instruction& instruction, const Context& context) {
  float* out = place(instruction, context, 0);
  const float* in = place(instruction, context, 1);
  const long width = instruction.numbers[0] * context.rows, size = instruction.numbers[1];
  const long domain = instruction.numbers[2];
  for (long i = 0; i < width; i += lanes) {
    const int count = static_cast<int>(std::min<long>(lanes, width - i));
    Vec total = spread(F::start);
    for (int thread = 0; thread < context.threads; ++thread) {
      if (domain * thread / context.threads == domain * (thread + 1) / context.threads) continue;
      total = F::of(total, fetch(in + size * thread, 1, i, count));
    }
    keep(out, 1, i, count, total);
  }
}

/// out [rows·f, n] = a [rows·f, depth] · b [depth, n]; numbers: f, n, depth, strides of a (rows, columns), of the rows of b and out.
inline void productOfRows(const Instruction& instruction, const Context& context) {
  const auto& n = instruction.numbers;
  multiply(static_cast<int>(n[0] * context.rows), static_cast<int>(n[1]), static_cast<int>(n[2]),
           place(instruction, context, 1), n[3], n[4], place(instruction, context, 2), n[5],
           place(instruction, context, 0), n[6], false);
}

/// A thread's part of aᵀ · b over the rows: numbers: f, columns of a and b, strides of their rows, numbers of a thread.
inline void productOverRows(const Instruction& instruction, const Context& context) {
  const auto& n = instruction.numbers;
  const Operand& to = instruction.operands[0];
  float* out = context.buffers[to.buffer].data + to.offset + n[5] * context.thread;
  multiply(static_cast<int>(n[1]), static_cast<int>(n[2]), static_cast<int>(n[0] * context.rows),
           place(instruction, context, 1), 1, n[3], place(instruction, context, 2), n[4], out, n[2], !context.isFirst);
}

/// One row of a small product whose columns lie together: out[j] = sum over k of left[k * leftStride] * right[k * rightStride + j].
inline void rowOfProduct(float* out, const float* left, long leftStride, const float* right, long rightStride, long columns,
                         long depth) {
  long j = 0;
  for (; j + lanes <= columns; j += lanes) {
    Vec total = spread(left[0]) * load(right + j);
    for (long k = 1; k < depth; ++k) total += spread(left[k * leftStride]) * load(right + k * rightStride + j);
    store(out + j, total);
  }
  if (j == columns) return;
  const int count = static_cast<int>(columns - j);
  Vec total = spread(left[0]) * load(right + j, count);
  for (long k = 1; k < depth; ++k) total += spread(left[k * leftStride]) * load(right + k * rightStride + j, count);
  store(out + j, total, count);
}

/// The sum of products of two runs of numbers that lie together.
inline float dotOf(const float* left, const float* right, long depth) {
  long k = 0;
  float total = 0;
  if (depth >= lanes) {
    Vec sum = load(left) * load(right);
    for (k = lanes; k + lanes <= depth; k += lanes) sum += load(left + k) * load(right + k);
    total = sumOf(sum);
  }
  for (; k < depth; ++k) total += left[k] * right[k];
  return total;
}

/// Many small products: numbers: sizes of two batch axes (the first times the rows), m, n, depth, then strides of out, a, b by (batch, batch, row, column).
inline void productOfEach(const Instruction& instruction, const Context& context) {
  const auto& n = instruction.numbers;
  const long outer = n[0] * context.rows, inner = n[1], m = n[2], columns = n[3], depth = n[4];
  const long *so = &n[5], *sa = &n[9], *sb = &n[13];
  float* out = place(instruction, context, 0);
  const float* a = place(instruction, context, 1);
  const float* b = place(instruction, context, 2);
  const bool isLarge = m >= 8 && columns >= 8 && depth > 1 && so[3] == 1 && sb[3] == 1 && (sa[2] == 1 || sa[3] == 1);
  const bool isByRows = so[3] == 1 && sb[3] == 1 && columns >= 4;
  const bool isByDots = sa[3] == 1 && sb[2] == 1;
  for (long x = 0; x < outer; ++x)
    for (long y = 0; y < inner; ++y) {
      float* o = out + x * so[0] + y * so[1];
      const float* l = a + x * sa[0] + y * sa[1];
      const float* r = b + x * sb[0] + y * sb[1];
      if (isLarge) {
        multiply(static_cast<int>(m), static_cast<int>(columns), static_cast<int>(depth), l, sa[2], sa[3], r, sb[2], o, so[2],
                 false);
        continue;
      }
      for (long i = 0; i < m; ++i) {
        if (isByRows) {
          rowOfProduct(o + i * so[2], l + i * sa[2], sa[3], r, sb[2], columns, depth);
          continue;
        }
        for (long j = 0; j < columns; ++j) {
          const float* left = l + i * sa[2];
          const float* right = r + j * sb[3];
          float total = 0;
          if (isByDots)
            total = dotOf(left, right, depth);
          else
            for (long k = 0; k < depth; ++k) total += left[k * sa[3]] * right[k * sb[2]];
          o[i * so[2] + j * so[3]] = total;
        }
      }
    }
}

/// Over the last axis, whose numbers lie together: numbers: f, rows of a row of the loop; its size; strides of rows of out and in.
inline void softmax(const Instruction& instruction, const Context& context) {
  const auto& n = instruction.numbers;
  const long rows = n[0] * context.rows, size = n[1];
  float* out = place(instruction, context, 0);
  const float* in = place(instruction, context, 1);
  for (long row = 0; row < rows; ++row) {
    float* to = out + row * n[2];
    const float* x = in + row * n[3];
    const Vec most = spread(reduceRun<Highest>(x, 1, size));
    Vec total = spread(0.0f);
    for (long i = 0; i < size; i += lanes) {
      const int count = static_cast<int>(std::min<long>(lanes, size - i));
      const Vec value = mtl::exp(fetch(x, 1, i, count) - most);
      if (count == lanes)
        total += value;
      else
        for (int lane = 0; lane < count; ++lane) total[lane] += value[lane];
      keep(to, 1, i, count, value);
    }
    const Vec sum = spread(sumOf(total));
    for (long i = 0; i < size; i += lanes) {
      const int count = static_cast<int>(std::min<long>(lanes, size - i));
      keep(to, 1, i, count, fetch(to, 1, i, count) / sum);
    }
  }
}

/**
 * Rows of a table, of some parts of its columns each into a place of its own: operands: out and table of the first part, ids, then out and table of each other part; numbers: ids of a row, their
 * stride, width, strides of the rows of out and table, and of the numbers of a row of the table, then width, stride of out and of the numbers of each other part. An id below 0 reads row 0.
 */
inline void gather(const Instruction& instruction, const Context& context) {
  struct Part {
    float* out;
    const float* table;
    long width, outStride, apart;
  };
  const auto& n = instruction.numbers;
  const long count = n[0] * context.rows, idStride = n[1], tableStride = n[4];
  const int32_t* ids = intPlace(instruction, context, 2);
  Part parts[mostParts];
  const int size = 1 + static_cast<int>(n.size() - 6) / 3;
  parts[0] = {place(instruction, context, 0), place(instruction, context, 1), n[2], n[3], n[5]};
  for (int p = 1; p < size; ++p)
    parts[p] = {place(instruction, context, 2 * p + 1), place(instruction, context, 2 * p + 2), n[3 * p + 3], n[3 * p + 4],
                n[3 * p + 5]};
  const float *first = parts[0].table, *last = first;
  for (int p = 0; p < size; ++p) {
    first = std::min(first, parts[p].table);
    last = std::max(last, parts[p].table + parts[p].width * parts[p].apart);
  }
  const long bytes = std::min<long>((last - first) * sizeof(float), 512);
  constexpr long ahead = 16;
  for (long i = 0; i < count; ++i) {
    if (i + ahead < count) {
      const char* next = reinterpret_cast<const char*>(first + std::max(0, ids[(i + ahead) * idStride]) * tableStride);
      for (long byte = 0; byte < bytes; byte += 64) __builtin_prefetch(next + byte);
      __builtin_prefetch(next + bytes - 1);
    }
    const long row = std::max(0, ids[i * idStride]) * tableStride;
    for (int p = 0; p < size; ++p) {
      const Part& part = parts[p];
      const float* from = part.table + row;
      float* to = part.out + i * part.outStride;
      if (part.apart != 1)
        for (long j = 0; j < part.width; ++j) std::memcpy(to + j, from + j * part.apart, sizeof(float));
      else if (part.width == 8)
        std::memcpy(to, from, 32);
      else
        std::memcpy(to, from, part.width * 4);
    }
  }
}

/**
 * The sum of a row of each of some tables: operands: out, then each table and its ids; numbers: rows of a row of the loop, width, stride of the rows of out,
 * tables, then of each table the strides of its rows and ids.
 */
inline void sumRows(const Instruction& instruction, const Context& context) {
  const auto& n = instruction.numbers;
  const long rows = n[0] * context.rows, width = n[1], outStride = n[2], tables = n[3];
  constexpr int together = 4;
  float* out = place(instruction, context, 0);
  std::vector<const float*> table(tables);
  std::vector<const int32_t*> ids(tables);
  for (long t = 0; t < tables; ++t) {
    table[t] = place(instruction, context, static_cast<int>(1 + 2 * t));
    ids[t] = intPlace(instruction, context, static_cast<int>(2 + 2 * t));
  }
  const auto from = [&](long t, long row) { return table[t] + std::max(0, ids[t][row * n[5 + 2 * t]]) * n[4 + 2 * t]; };
  // A few columns of all rows, so that those of the tables stay in the nearest cache.
  long column = 0;
  for (; column + together * lanes <= width; column += together * lanes)
    for (long row = 0; row < rows; ++row) {
      Vec sum[together];
      const float* x = from(0, row) + column;
      for (int i = 0; i < together; ++i) sum[i] = load(x + i * lanes);
      for (long t = 1; t < tables; ++t) {
        x = from(t, row) + column;
        for (int i = 0; i < together; ++i) sum[i] += load(x + i * lanes);
      }
      for (int i = 0; i < together; ++i) store(out + row * outStride + column + i * lanes, sum[i]);
    }
  for (; column < width; column += lanes) {
    const int count = static_cast<int>(std::min<long>(lanes, width - column));
    for (long row = 0; row < rows; ++row) {
      Vec sum = fetch(from(0, row), 1, column, count);
      for (long t = 1; t < tables; ++t) sum += fetch(from(t, row), 1, column, count);
      keep(out + row * outStride, 1, column, count, sum);
    }
  }
}

/// Adds a row of `width` numbers to another.
inline void addRow(float* to, const float* from, long width) {
  long j = 0;
  for (; j + lanes <= width; j += lanes) store(to + j, load(to + j) + load(from + j));
  if (lanes > 8 && j + 8 <= width) {
    _mm256_storeu_ps(to + j, _mm256_add_ps(_mm256_loadu_ps(to + j), _mm256_loadu_ps(from + j)));
    j += 8;
  }
  for (; j < width; ++j) to[j] += from[j];
}

/// The places of the ids in [first, last), in their order. Without a branch, which no processor could foresee where threads share the ids.
inline const std::vector<int32_t>& placesWithin(const int32_t* ids, long stride, long count, long first, long last, long* found) {
  thread_local std::vector<int32_t> places;
  if (places.size() <= static_cast<size_t>(count)) places.resize(count + 1);
  const auto from = static_cast<uint32_t>(first), size = static_cast<uint32_t>(last - first);
  long next = 0;
  for (long i = 0; i < count; ++i) {
    places[next] = static_cast<int32_t>(i);
    next += static_cast<uint32_t>(ids[i * stride]) - from < size;
  }
  *found = next;
  return places;
}

/// Sums of values by ids for the rows at hand: numbers: f, values, width, strides of values and ids. Each thread looks at all ids and adds up its own.
inline void segmentSum(const Instruction& instruction, const Context& context) {
  const auto& n = instruction.numbers;
  const long first = context.row * n[0], count = context.rows * n[0], width = n[2], stride = n[3], idStride = n[4];
  float* out = place(instruction, context, 0);
  const float* from = place(instruction, context, 1);
  const int32_t* ids = intPlace(instruction, context, 2);
  std::memset(out, 0, count * width * sizeof(float));
  long own;
  const std::vector<int32_t>& places = placesWithin(ids, idStride, n[1], first, first + count, &own);
  for (long k = 0; k < own; ++k) {
    const long i = places[k];
    addRow(out + (ids[i * idStride] - first) * width, from + i * stride, width);
  }
}

/**
 * A thread's part of sums of the same values by the ids of some lists: operands: out of the first list, values, its ids, then out and ids of each other list; numbers: f, segments, width, strides of
 * the rows of values and ids, numbers of a thread, then segments, stride of ids and numbers of a thread of each other list.
 */
inline void segmentSumOverRows(const Instruction& instruction, const Context& context) {
  struct List {
    float* out;
    const int32_t* ids;
    long stride;
  };
  const auto& n = instruction.numbers;
  const float* values = place(instruction, context, 1);
  const long rows = n[0] * context.rows, width = n[2], valueStride = n[3];
  const int size = 1 + static_cast<int>(n.size() - 6) / 3;
  std::vector<List> lists(size);
  for (int l = 0; l < size; ++l) {
    const Operand& to = instruction.operands[l == 0 ? 0 : 2 * l + 1];
    const long segments = l == 0 ? n[1] : n[3 * l + 3], numbers = l == 0 ? n[5] : n[3 * l + 5];
    float* out = context.buffers[to.buffer].data + to.offset + numbers * context.thread;
    lists[l] = {out, intPlace(instruction, context, l == 0 ? 2 : 2 * l + 2), l == 0 ? n[4] : n[3 * l + 4]};
    if (context.isFirst) std::memset(out, 0, segments * width * sizeof(float));
  }
  // A few columns of all rows, so that those of the sums stay in the nearest cache.
  constexpr int together = 4;
  long column = 0;
  for (; column + together * lanes <= width; column += together * lanes)
    for (long row = 0; row < rows; ++row) {
      Vec value[together];
      for (int i = 0; i < together; ++i) value[i] = load(values + row * valueStride + column + i * lanes);
      for (const List& list : lists) {
        float* sum = list.out + list.ids[row * list.stride] * width + column;
        for (int i = 0; i < together; ++i) store(sum + i * lanes, load(sum + i * lanes) + value[i]);
      }
    }
  if (column == width) return;
  for (const List& list : lists)
    for (long row = 0; row < rows; ++row)
      addRow(list.out + list.ids[row * list.stride] * width + column, values + row * valueStride + column, width - column);
}

/// The first row of a table whose ids are of a part, so that each part has about as many of them: by a sample, which is the same for all parts.
inline long firstOfPart(const int32_t* ids, long count, long rows, int part, int parts) {
  if (part == 0) return 0;
  if (part == parts) return rows;
  constexpr long most = 256;
  int32_t sample[most];
  const long size = std::min(count, most);
  for (long i = 0; i < size; ++i)
    sample[i] = ids[size == count ? i : (uint64_t{static_cast<uint32_t>(i) * 0x9E3779B1u} * count) >> 32];
  std::nth_element(sample, sample + size * part / parts, sample + size);
  return sample[size * part / parts];
}

/**
 * Makes ids distinct, each part those of some rows of the table: operands: the distinct ids of a part in the order in which they come, each id's place among them, notes by row of the table, ids,
 * and of a part how many are distinct and the first row of the table that is its; numbers: ids, rows of the table, numbers of a part of the first and of the last operand.
 */
inline void distinct(const Instruction& instruction, const Context& context) {
  const auto& n = instruction.numbers;
  const long count = n[0];
  int32_t* list = intPlace(instruction, context, 0) + n[2] * context.thread;
  int32_t* index = intPlace(instruction, context, 1);
  int32_t* notes = intPlace(instruction, context, 2);
  const int32_t* ids = intPlace(instruction, context, 3);
  int32_t* found = intPlace(instruction, context, 4) + n[3] * context.thread;
  const long first = firstOfPart(ids, count, n[1], context.thread, context.threads);
  const long last = firstOfPart(ids, count, n[1], context.thread + 1, context.threads);
  constexpr long ahead = 16;
  long own;
  const std::vector<int32_t>& places = placesWithin(ids, 1, count, first, last, &own);
  for (long k = own - 1; k >= 0; --k) {
    if (k >= ahead) __builtin_prefetch(notes + ids[places[k - ahead]], 1);
    notes[ids[places[k]]] = places[k];
  }
  int32_t next = 0;
  for (long k = 0; k < own; ++k) {
    // Without a branch: whether an id has come before cannot be foreseen.
    const int32_t i = places[k], at = notes[ids[i]], known = index[at];
    index[i] = at == i ? next : known;
    list[next] = ids[i];
    next += at == i;
  }
  found[0] = next;
  found[1] = static_cast<int32_t>(first);
}

/**
 * Joins what parts have made distinct: operands: the list, how many it has, each id's place in the list, the parts' distinct ids, ids, and what a part has found; numbers: ids, numbers of a part of
 * the distinct ids and of what was found. What the list has no ids for is -1.
 */
inline void joinDistinct(const Instruction& instruction, const Context& context) {
  const auto& n = instruction.numbers;
  int32_t* list = intPlace(instruction, context, 0);
  const int32_t* own = intPlace(instruction, context, 3) + n[1] * context.thread;
  const int32_t* found = intPlace(instruction, context, 5);
  long before = 0, all = 0;
  for (int part = 0; part < context.threads; ++part) {
    if (part == context.thread) before = all;
    all += found[n[2] * part];
  }
  std::memcpy(list + before, own, found[n[2] * context.thread] * sizeof(int32_t));
  if (context.thread == context.threads - 1) {
    intPlace(instruction, context, 1)[0] = static_cast<int32_t>(all);
    std::fill(list + all, list + n[0], -1);
  }
  int32_t* index = intPlace(instruction, context, 2) + context.row;
  const int32_t* ids = intPlace(instruction, context, 4) + context.row;
  for (int part = 1; part < context.threads; ++part) {
    const int32_t size = found[n[2] * (part - 1)], first = found[n[2] * part + 1];
    for (long i = 0; i < context.rows; ++i) index[i] += ids[i] >= first ? size : 0;
  }
}

/**
 * Writes rows into a table, of some parts of its columns from a place each: operands: table and rows of the first part with the ids between them, then table and rows of each other part; numbers: f,
 * width, strides of table and rows, then width and stride of the rows of each other part. An id below 0 is left out.
 */
inline void scatter(const Instruction& instruction, const Context& context) {
  struct Part {
    float* table;
    const float* rows;
    long width, stride;
  };
  const auto& n = instruction.numbers;
  const long count = n[0] * context.rows, tableStride = n[2];
  const int32_t* ids = intPlace(instruction, context, 1);
  Part parts[mostParts];
  const int size = 1 + static_cast<int>(n.size() - 4) / 2;
  parts[0] = {place(instruction, context, 0), place(instruction, context, 2), n[1], n[3]};
  for (int p = 1; p < size; ++p)
    parts[p] = {place(instruction, context, 2 * p + 1), place(instruction, context, 2 * p + 2), n[2 * p + 2], n[2 * p + 3]};
  for (long i = 0; i < count; ++i) {
    if (ids[i] < 0) continue;
    for (int p = 0; p < size; ++p) {
      const Part& part = parts[p];
      float* to = part.table + ids[i] * tableStride;
      if (part.width == 8)
        std::memcpy(to, part.rows + i * part.stride, 32);
      else
        std::memcpy(to, part.rows + i * part.stride, part.width * sizeof(float));
    }
  }
}

/// Uniform numbers as `philox.ts` has them: operands: out, step, seed; numbers: f, stream.
inline void uniform(const Instruction& instruction, const Context& context) {
  const long f = instruction.numbers[0];
  const auto stream = static_cast<uint32_t>(instruction.numbers[1]);
  float* out = place(instruction, context, 0);
  const auto step = static_cast<uint32_t>(*intPlace(instruction, context, 1));
  const auto seed = static_cast<uint32_t>(*intPlace(instruction, context, 2));
  const long first = context.row * f, end = first + context.rows * f;
  for (long block = first / 4; block * 4 < end; ++block) {
    uint32_t c0 = static_cast<uint32_t>(block), c1 = 0, c2 = step, c3 = 0;
    uint32_t k0 = seed, k1 = stream;
    for (int round = 0; round < 10; ++round) {
      const uint64_t p0 = uint64_t{0xD2511F53u} * c0, p1 = uint64_t{0xCD9E8D57u} * c2;
      const uint32_t n0 = static_cast<uint32_t>(p1 >> 32) ^ c1 ^ k0, n2 = static_cast<uint32_t>(p0 >> 32) ^ c3 ^ k1;
      c1 = static_cast<uint32_t>(p1);
      c3 = static_cast<uint32_t>(p0);
      c0 = n0;
      c2 = n2;
      k0 += 0x9E3779B9u;
      k1 += 0xBB67AE85u;
    }
    const uint32_t words[4] = {c0, c1, c2, c3};
    for (int i = 0; i < 4; ++i) {
      const long at = block * 4 + i;
      if (at >= first && at < end) out[at - first] = static_cast<float>(words[i] & 0x7fffff) * 0x1p-23f;
    }
  }
}

/// Their places are their codes.
inline const std::vector<Kernel>& kernels() {
  static const std::vector<Kernel> all = {
      {"copy", mapOne<fn::Copy>}, {"neg", mapOne<fn::Neg>}, {"abs", mapOne<fn::Abs>}, {"sign", mapOne<fn::Sign>},
      {"exp", mapOne<fn::Exp>}, {"expm1", mapOne<fn::Expm1>}, {"log", mapOne<fn::Log>}, {"log1p", mapOne<fn::Log1p>},
      {"sqrt", mapOne<fn::Sqrt>}, {"cos", mapOne<fn::Cos>}, {"erf", mapOne<fn::Erf>},
      {"sigmoid", mapOne<fn::Sigmoid>}, {"softplus", mapOne<fn::Softplus>}, {"tanh", mapOne<fn::Tanh>},
      {"relu", mapOne<fn::Relu>}, {"not", mapOne<fn::Not>}, {"truth", mapOne<fn::Truth>}, {"add", mapTwo<fn::Add>},
      {"sub", mapTwo<fn::Sub>}, {"mul", mapTwo<fn::Mul>}, {"div", mapTwo<fn::Div>}, {"pow", mapTwo<fn::Pow>},
      {"maximum", mapTwo<fn::Maximum>}, {"minimum", mapTwo<fn::Minimum>}, {"less", mapTwo<fn::Less>},
      {"lessEqual", mapTwo<fn::LessEqual>}, {"equal", mapTwo<fn::Equal>}, {"and", mapTwo<fn::And>},
      {"reluGrad", mapTwo<fn::ReluGrad>}, {"select", select}, {"int.neg", mapInts<fn::IntNeg>},
      {"int.abs", mapInts<fn::IntAbs>}, {"int.sign", mapInts<fn::IntSign>}, {"int.add", mapInts<fn::IntAdd>},
      {"int.sub", mapInts<fn::IntSub>}, {"int.mul", mapInts<fn::IntMul>}, {"int.maximum", mapInts<fn::IntMaximum>},
      {"int.minimum", mapInts<fn::IntMinimum>}, {"int.less", mapInts<fn::IntLess>},
      {"int.lessEqual", mapInts<fn::IntLessEqual>}, {"int.equal", mapInts<fn::IntEqual>},
      {"int.toFloat", mapInts<fn::IntToFloat>}, {"int.fromFloat", mapInts<fn::FloatToInt>},
      {"int.truth", mapInts<fn::IntToTruth>}, {"sum", reduce<Adding>}, {"max", reduce<Highest>},
      {"combineSum", combine<Adding>}, {"combineMax", combine<Highest>}, {"product", productOfRows},
      {"productOverRows", productOverRows}, {"productOfEach", productOfEach}, {"softmax", softmax},
      {"gather", gather}, {"sumRows", sumRows}, {"segmentSum", segmentSum}, {"segmentSumOverRows", segmentSumOverRows}, {"distinct", distinct},
      {"joinDistinct", joinDistinct}, {"scatter", scatter},
      {"uniform", uniform},
  };
  return all;
}

}  // namespace mtl
