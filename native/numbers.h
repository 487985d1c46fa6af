// Elementwise functions on a register of floats (16 with AVX-512, otherwise 8), without branches. Each is within 2 units in the last
// place of the exact value for every input: NaN gives NaN, and infinities and results below the normal floats come out as from `std`.
//
// The polynomials are minimax fits on the reduced ranges named beside them. Where a rounding error would be seen in the result, the
// value is kept as a sum of two floats. All of it holds whether or not the compiler fuses products and sums by itself.
#pragma once

#include <immintrin.h>

#include <cmath>
#include <limits>

namespace mtl {
// One namespace per width, so that files compiled for different processors can be linked into one library.
#ifdef __AVX512F__
inline namespace width16 {
constexpr int lanes = 16;
#else
inline namespace width8 {
constexpr int lanes = 8;
#endif

typedef float Vec __attribute__((vector_size(4 * lanes)));
typedef int IVec __attribute__((vector_size(4 * lanes)));

// What the two instruction sets spell differently. `atLeast` and `atMost` keep NaN, `scale` gives value * 2^power for powers from -252
// to 254 with one rounding.
#ifdef __AVX512F__
// The masked forms, as GCC 12 warns of an uninitialized value within the others; the code is the same.
constexpr __mmask16 allLanes = 0xffff;
inline Vec load(const float* from) { return _mm512_loadu_ps(from); }
inline void store(float* to, Vec value) { _mm512_storeu_ps(to, value); }
// The first `count` < lanes floats; the other lanes are 0.
inline Vec load(const float* from, int count) { return _mm512_maskz_loadu_ps(static_cast<__mmask16>((1u << count) - 1), from); }
inline void store(float* to, Vec value, int count) {
  _mm512_mask_storeu_ps(to, static_cast<__mmask16>((1u << count) - 1), value);
}
inline Vec fma(Vec a, Vec b, Vec c) { return _mm512_fmadd_ps(a, b, c); }
inline Vec atLeast(Vec x, float least) { return _mm512_maskz_max_ps(allLanes, _mm512_set1_ps(least), x); }
inline Vec atMost(Vec x, float most) { return _mm512_maskz_min_ps(allLanes, _mm512_set1_ps(most), x); }
inline Vec sqrt(Vec x) { return _mm512_maskz_sqrt_ps(allLanes, x); }
inline bool any(IVec mask) { return _mm512_movepi32_mask((__m512i)mask) != 0; }
inline Vec scale(Vec value, Vec power) { return _mm512_maskz_scalef_ps(allLanes, value, power); }
#else
inline IVec firstLanes(int count) { return IVec{0, 1, 2, 3, 4, 5, 6, 7} < count; }
inline Vec load(const float* from) { return _mm256_loadu_ps(from); }
inline void store(float* to, Vec value) { _mm256_storeu_ps(to, value); }
inline Vec load(const float* from, int count) { return _mm256_maskload_ps(from, (__m256i)firstLanes(count)); }
inline void store(float* to, Vec value, int count) { _mm256_maskstore_ps(to, (__m256i)firstLanes(count), value); }
inline Vec fma(Vec a, Vec b, Vec c) { return _mm256_fmadd_ps(a, b, c); }
inline Vec atLeast(Vec x, float least) { return _mm256_max_ps(_mm256_set1_ps(least), x); }
inline Vec atMost(Vec x, float most) { return _mm256_min_ps(_mm256_set1_ps(most), x); }
inline Vec sqrt(Vec x) { return _mm256_sqrt_ps(x); }
inline bool any(IVec mask) { return _mm256_movemask_ps((__m256)mask) != 0; }
inline Vec scale(Vec value, Vec power) {
  // In two steps, as 2^power itself need not be a normal float; the first of them is exact.
  const IVec whole = __builtin_convertvector(power, IVec), half = whole >> 1;
  return value * (Vec)((half + 127) << 23) * (Vec)((whole - half + 127) << 23);
}
#endif

inline Vec spread(float value) { return value - Vec{}; }
inline Vec absolute(Vec x) { return (Vec)((IVec)x & 0x7fffffff); }
// `magnitude` (not negative) with the sign of x.
inline Vec withSign(Vec magnitude, Vec x) { return (Vec)((IVec)magnitude | ((IVec)x & (IVec)spread(-0.0f))); }

inline Vec polynomial(Vec, float constant) { return spread(constant); }
// constant + next * x + ...
template <typename... Floats>
inline Vec polynomial(Vec x, float constant, Floats... next) {
  return fma(x, polynomial(x, next...), spread(constant));
}

constexpr float infinity = std::numeric_limits<float>::infinity();
constexpr float ln2 = 0.693147182f, ln2Rest = -1.90465421e-9f;
// Added to a number under 2^22 and taken away again, it leaves the nearest integer, whose bits are then the last ones of the sum.
constexpr float rounder = 12582912.0f;

// exp(x) = 2^power * (1 + high + low), where |high| < 0.35 and low repairs the rounding of high; for |x| < 10^6.
struct Exponential {
  Vec power, high, low;
  explicit Exponential(Vec x) {
    power = fma(x, spread(1.44269504f), spread(rounder)) - rounder;
    const Vec exact = fma(power, spread(-ln2), x);
    high = fma(power, spread(-ln2Rest), exact);
    const Vec rest = fma(power, spread(-ln2Rest), exact - high);
    low = fma(high * high,
              polynomial(high, 0.5f, 0.166666657f, 0.0416664891f, 0.00833354611f, 0.0013932751f, 0.000197620931f), rest);
  }
};

inline Vec exp(Vec x) {
  const Exponential e(atLeast(atMost(x, 89.0f), -104.0f));
  return scale(1.0f + (e.high + e.low), e.power);
}

inline Vec expm1(Vec x) {
  const Exponential e(atLeast(atMost(x, 89.0f), -40.0f));
  // Half of the result, as 2^128 is not a float: half * high + (half - 0.5) as a sum of two floats.
  const Vec half = scale(spread(0.5f), e.power), constant = half - 0.5f;
  const Vec sum = fma(half, e.high, constant), rest = fma(half, e.high, constant - sum);
  return withSign(absolute(2.0f * (sum + fma(half, e.low, rest))), x);
}

// A positive normal float as 2^power * (1 + fraction), where sqrt(1/2) <= 1 + fraction < sqrt(2).
struct Split {
  IVec power;
  Vec fraction;
  explicit Split(Vec x) {
    constexpr int rootOfHalf = 0x3f3504f3;
    const IVec bits = (IVec)x - rootOfHalf;
    power = bits >> 23;
    fraction = (Vec)((bits & 0x7fffff) + rootOfHalf) - 1.0f;
  }
};

// log(2^power * (1 + fraction)) + rest for a fraction from sqrt(1/2) - 1 to sqrt(2) - 1.
inline Vec logarithm(Vec power, Vec fraction, Vec rest) {
  const Vec tail = polynomial(fraction, 0.333333135f, -0.250000089f, 0.20002073f, -0.166679963f, 0.142203271f, -0.124060318f,
                              0.11883568f, -0.116714492f, 0.0675095618f);
  const Vec low = fma(fraction * fraction, fma(fraction, tail, spread(-0.5f)), fma(power, spread(ln2Rest), rest));
  const Vec high = fma(power, spread(ln2), fraction);
  return high + (fma(power, spread(ln2), fraction - high) + low);
}

// log(sum + rest), where `sum` is a normal float and `rest` below its last place.
inline Vec logOfSum(Vec sum, Vec rest) {
  const Split s(sum);
  // Beyond 2^25 the rest cannot be seen, and the factor might not be a float.
  rest = sum < 33554432.0f ? rest * (Vec)((127 - s.power) << 23) : Vec{};
  const Vec fraction = s.fraction + rest;
  return logarithm(__builtin_convertvector(s.power, Vec), fraction, rest - (fraction - s.fraction));
}

// `value`, except where x is NaN, infinite, or not above the pole of the logarithm.
inline Vec logarithmOr(Vec value, Vec x, float pole) {
  const Vec below = x == pole ? spread(-infinity) : spread(std::numeric_limits<float>::quiet_NaN());
  value = x < infinity ? value : x;
  return x > pole ? value : below;
}

inline Vec log(Vec x) {
  const IVec tiny = x < std::numeric_limits<float>::min();
  const Split s(tiny ? x * 8388608.0f : x);
  const Vec power = __builtin_convertvector(s.power + (tiny & -23), Vec);
  return logarithmOr(logarithm(power, s.fraction, Vec{}), x, 0.0f);
}

inline Vec log1p(Vec x) {
  const Vec sum = 1.0f + x, part = sum - 1.0f;
  const Vec value = logarithmOr(logOfSum(sum, (1.0f - (sum - part)) + (x - part)), x, -1.0f);
  return x == 0.0f ? x : value;
}

// 1 / (1 + exp(-x))
inline Vec sigmoid(Vec x) {
  const IVec negative = x < 0.0f;
  const Exponential e(atLeast(-absolute(x), -104.0f));
  const Vec high = 1.0f + e.high, low = (e.high - (high - 1.0f)) + e.low;
  const Vec small = scale(high + low, e.power), sum = 1.0f + small;
  const Vec inverse = 1.0f / sum;
  // What is left of 1 - inverse * (1 + small); the division itself and the sum have each been rounded.
  const Vec left = fma(-inverse, sum, spread(1.0f)) - inverse * (small - (sum - 1.0f));
  // Of a negative x it is exp(x) / (1 + exp(x)), whose power of two comes last so that a small result is rounded once.
  const Vec above = negative ? high : spread(1.0f), aboveRest = negative ? low : Vec{};
  return scale(fma(above, inverse, inverse * fma(above, left, aboveRest)), negative ? e.power : Vec{});
}

// log(1 + exp(x))
inline Vec softplus(Vec x) {
  const Exponential e(atLeast(-absolute(x), -104.0f));
  const Vec high = 1.0f + (e.high + e.low), low = (e.high - (high - 1.0f)) + e.low;
  const Vec small = scale(high, e.power), sum = 1.0f + small;
  return atLeast(x, 0.0f) + logOfSum(sum, (small - (sum - 1.0f)) + scale(low, e.power));
}

inline Vec tanh(Vec x) {
  const Vec size = absolute(x), square = x * x;
  // |x| < 0.65
  const Vec small = fma(size * square,
                        polynomial(square, -0.333333284f, 0.133331105f, -0.0539348498f, 0.0216367524f, -0.00802320335f,
                                   0.00200578151f),
                        size);
  const Exponential e(2.0f * atMost(size, 10.0f));
  const Vec large = 1.0f - 2.0f / (1.0f + scale(1.0f + (e.high + e.low), e.power));
  return withSign(size < 0.65f ? small : large, x);
}

inline Vec cos(Vec x) {
  // x = turn * pi/2 + high + low, |high| < 0.79: up to the limit below `exact` is exact, and `high` has been rounded once.
  const Vec shifted = fma(x, spread(0.636619747f), spread(rounder)), turn = shifted - rounder;
  const Vec exact = fma(turn, spread(-1.57079637f), x);
  const Vec high = fma(turn, spread(4.37113883e-8f), exact), low = turn * 1.71512451e-15f;
  const Vec square = high * high;
  const Vec sine = high + fma(high * square, polynomial(square, -0.166666552f, 0.00833218265f, -0.000195168323f), low);
  const Vec start = fma(square, spread(-0.5f), spread(1.0f));
  const Vec rest = fma(square, spread(-0.5f), 1.0f - start);
  const Vec tail = fma(square * square, polynomial(square, 0.0416666456f, -0.00138873013f, 2.44306611e-05f), rest - high * low);
  // By quarter turns: cos, -sin, -cos, sin.
  const IVec quarter = (IVec)shifted;
  const Vec value = (quarter & 1) != 0 ? sine : start + tail;
  Vec result = (Vec)((IVec)value ^ (((quarter + 1) & 2) << 30));
  const IVec far = absolute(x) > 1e5f;
  if (any(far)) {
    for (int lane = 0; lane < lanes; lane++) result[lane] = far[lane] ? std::cos(x[lane]) : result[lane];
  }
  return result;
}

inline Vec erf(Vec x) {
  const Vec size = absolute(x), square = x * x;
  // |x| < 1
  const Vec small = fma(size,
                        polynomial(square, 0.128379166f, -0.376126289f, 0.112836182f, -0.026855126f, 0.00519073382f,
                                   -0.000803076138f, 7.92036808e-05f),
                        size);
  // The logarithm of 1 - erf from 1 to 4, where erf is 1 as a float.
  const Exponential e(polynomial(atMost(size, 4.0f), -0.000320564432f, -1.12717164f, -0.63801235f, -0.103217974f, 0.0218894705f,
                                 -0.00296005351f, 0.000187596597f));
  const Vec large = 1.0f - scale(1.0f + (e.high + e.low), e.power);
  return withSign(size < 1.0f ? small : large, x);
}

inline Vec pow(Vec x, Vec y) {
  Vec result{};
  for (int lane = 0; lane < lanes; lane++) result[lane] = std::pow(x[lane], y[lane]);
  return result;
}

}  // inline namespace
}  // namespace mtl
