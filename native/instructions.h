// The instructions of a plan.
#pragma once
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <limits>
#include <vector>

#include "instruction.h"
#include "products.h"
#include "rows.h"

namespace mtl {

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
  const bool isByColumns = stay.stride[0][ls] == 1 && stay.stride[1][ls] == 1 && stay.size[ls] >= 4;
  eachRun<2>(stay, [&](const long* offset) {
    float* o = out + offset[0];
    const float* x = in + offset[1];
    if (isByColumns) {
      const long size = stay.size[ls];
      const long rest = byColumns(size, [&](auto together, long column) {
        Vec total[together];
        for (int i = 0; i < together; ++i) total[i] = spread(F::start);
        eachRun<1>(gone, [&](const long* g) {
          const float* from = x + g[0] + column;
          for (long k = 0; k < gone.size[lg]; ++k, from += gone.stride[0][lg])
            for (int i = 0; i < together; ++i) total[i] = F::of(total[i], load(from + i * lanes));
        });
        for (int i = 0; i < together; ++i) {
          float* const to = o + column + i * lanes;
          store(to, goes ? F::of(total[i], load(to)) : total[i]);
        }
      });
      if (rest == size) return;
      const int count = static_cast<int>(size - rest);
      Vec total = spread(F::start);
      eachRun<1>(gone, [&](const long* g) {
        for (long k = 0; k < gone.size[lg]; ++k)
          total = F::of(total, load(x + g[0] + k * gone.stride[0][lg] + rest, count));
      });
      if (goes) total = F::of(total, load(o + rest, count));
      store(o + rest, total, count);
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

/// The sums of the numbers of four vectors.
inline void sumsOfFour(const Vec* given, float* sums) {
  alignas(64) float quarters[4][4];
  for (int i = 0; i < 4; ++i) {
#ifdef __AVX512F__
    const __m512 value = (__m512)given[i];
    const __m256 half = _mm256_add_ps(_mm512_castps512_ps256(value), _mm512_extractf32x8_ps(value, 1));
#else
    const __m256 half = (__m256)given[i];
#endif
    _mm_store_ps(quarters[i], _mm_add_ps(_mm256_castps256_ps128(half), _mm256_extractf128_ps(half, 1)));
  }
  __m128 a = _mm_load_ps(quarters[0]), b = _mm_load_ps(quarters[1]), c = _mm_load_ps(quarters[2]), d = _mm_load_ps(quarters[3]);
  _MM_TRANSPOSE4_PS(a, b, c, d);
  _mm_storeu_ps(sums, _mm_add_ps(_mm_add_ps(a, b), _mm_add_ps(c, d)));
}

/// out[j] = the sum of products of `left` and run j of `right`; numbers of a run lie together. Four runs at a time, whose sums do not wait for each other.
inline void dotsOf(float* out, long outStride, const float* left, const float* right, long apart, long runs, long depth) {
  const long whole = depth - depth % lanes;
  for (long j = 0; j < runs; j += 4) {
    const int count = static_cast<int>(std::min<long>(4, runs - j));
    // Runs that there are not are the last one again.
    const float* run[4];
    for (int i = 0; i < 4; ++i) run[i] = right + (j + std::min(i, count - 1)) * apart;
    Vec total[4] = {spread(0.0f), spread(0.0f), spread(0.0f), spread(0.0f)};
    for (long k = 0; k < whole; k += lanes) {
      const Vec x = load(left + k);
      for (int i = 0; i < 4; ++i) total[i] += x * load(run[i] + k);
    }
    if (whole < depth) {
      const int rest = static_cast<int>(depth - whole);
      const Vec x = load(left + whole, rest);
      for (int i = 0; i < 4; ++i) total[i] += x * load(run[i] + whole, rest);
    }
    float sums[4];
    sumsOfFour(total, sums);
    for (int i = 0; i < count; ++i) out[(j + i) * outStride] = sums[i];
  }
}

/// Sizes of the two batch axes, m, n and depth of many small products, and strides by (batch, batch, row, column).
struct EachProduct {
  long outer, inner, m, n, depth;
  const long *so, *sa, *sb;

  /// Calls `work` with where each row of out, and what it is made of, begins.
  template <class Work>
  void eachRow(float* out, const float* a, const float* b, const Work& work) const {
    for (long x = 0; x < outer; ++x)
      for (long y = 0; y < inner; ++y)
        for (long i = 0; i < m; ++i)
          work(out + x * so[0] + y * so[1] + i * so[2], a + x * sa[0] + y * sa[1] + i * sa[2], b + x * sb[0] + y * sb[1]);
  }
};

/// Columns lie together: some vectors of a row at a time, in registers.
inline void productOfEachByRows(const EachProduct& p, float* out, const float* a, const float* b) {
  const long depth = p.depth, leftStride = p.sa[3], rightStride = p.sb[2];
  const long rest = byColumns<mostInRegisters>(p.n, [&](auto together, long column) {
    p.eachRow(out + column, a, b + column, [&](float* to, const float* left, const float* right) {
      Vec total[together];
      const Vec first = spread(left[0]);
      for (int i = 0; i < together; ++i) total[i] = first * load(right + i * lanes);
      for (long k = 1; k < depth; ++k) {
        const Vec element = spread(left[k * leftStride]);
        right += rightStride;
        for (int i = 0; i < together; ++i) total[i] += element * load(right + i * lanes);
      }
      for (int i = 0; i < together; ++i) store(to + i * lanes, total[i]);
    });
  });
  if (rest == p.n) return;
  const int count = static_cast<int>(p.n - rest);
  p.eachRow(out + rest, a, b + rest, [&](float* to, const float* left, const float* right) {
    Vec total = spread(left[0]) * load(right, count);
    for (long k = 1; k < depth; ++k) total += spread(left[k * leftStride]) * load(right + k * rightStride, count);
    store(to, total, count);
  });
}

/// Many small products: numbers: sizes of two batch axes (the first times the rows), m, n, depth, then strides of out, a, b by (batch, batch, row, column).
inline void productOfEach(const Instruction& instruction, const Context& context) {
  const auto& n = instruction.numbers;
  const EachProduct p{n[0] * context.rows, n[1], n[2], n[3], n[4], &n[5], &n[9], &n[13]};
  float* out = place(instruction, context, 0);
  const float* a = place(instruction, context, 1);
  const float* b = place(instruction, context, 2);
  const long *so = p.so, *sa = p.sa, *sb = p.sb;
  if (p.m >= 8 && p.n >= 8 && p.depth > 1 && so[3] == 1 && sb[3] == 1 && (sa[2] == 1 || sa[3] == 1)) {
    for (long x = 0; x < p.outer; ++x)
      for (long y = 0; y < p.inner; ++y)
        multiply(static_cast<int>(p.m), static_cast<int>(p.n), static_cast<int>(p.depth), a + x * sa[0] + y * sa[1], sa[2], sa[3],
                 b + x * sb[0] + y * sb[1], sb[2], out + x * so[0] + y * so[1], so[2], false);
  } else if (so[3] == 1 && sb[3] == 1 && p.n >= 4) {
    productOfEachByRows(p, out, a, b);
  } else if (sa[3] == 1 && sb[2] == 1) {
    p.eachRow(out, a, b,
              [&](float* to, const float* left, const float* right) { dotsOf(to, so[3], left, right, sb[3], p.n, p.depth); });
  } else {
    p.eachRow(out, a, b, [&](float* to, const float* left, const float* right) {
      for (long j = 0; j < p.n; ++j) {
        float total = 0;
        for (long k = 0; k < p.depth; ++k) total += left[k * sa[3]] * right[k * sb[2] + j * sb[3]];
        to[j * so[3]] = total;
      }
    });
  }
}

/// Of rows of `size` numbers, a power of two, that lie one after another: as many at a time as fill a vector.
template <int size>
inline void softmaxOfShort(float* out, const float* in, long rows) {
  constexpr int steps = size == 2 ? 1 : size == 4 ? 2 : 3;
  // A lane and the one whose number it meets: after all steps each has met all of its row.
  IVec other[steps];
  for (int step = 0; step < steps; ++step)
    for (int lane = 0; lane < lanes; ++lane) other[step][lane] = lane ^ (1 << step);
  const long all = rows * size;
  for (long i = 0; i < all; i += lanes) {
    const int count = static_cast<int>(std::min<long>(lanes, all - i));
    const Vec x = fetch(in, 1, i, count);
    Vec most = x;
    for (const IVec& with : other) most = fn::Maximum::of(most, permute(most, with));
    const Vec value = mtl::exp(x - most);
    Vec total = value;
    for (const IVec& with : other) total += permute(total, with);
    keep(out, 1, i, count, value / total);
  }
}

/// Over the last axis, whose numbers lie together: numbers: f, rows of a row of the loop; its size; strides of rows of out and in.
inline void softmax(const Instruction& instruction, const Context& context) {
  const auto& n = instruction.numbers;
  const long rows = n[0] * context.rows, size = n[1];
  float* out = place(instruction, context, 0);
  const float* in = place(instruction, context, 1);
  if (n[2] == size && n[3] == size) {
    if (size == 2) return softmaxOfShort<2>(out, in, rows);
    if (size == 4) return softmaxOfShort<4>(out, in, rows);
    if (size == 8) return softmaxOfShort<8>(out, in, rows);
  }
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
