// First values of tables, number by number what `initialize.ts` draws: Philox4x32-10 (Salmon et al., 2011) and the normal's quantile function (Wichura, AS 241, 1988). No product is fused with a sum here, so that
// all digits are the same. The logarithm of its tails may differ from JavaScript's in the last of its digits: the few numbers that this could change are left to JavaScript.
#pragma once
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <vector>

#include "threads.h"
#if defined(__AVX2__)
#include <immintrin.h>
#endif

#if defined(__GNUC__) && !defined(__clang__)
#define MTL_UNFUSED __attribute__((noinline, optimize("fp-contract=off")))
#else
#define MTL_UNFUSED __attribute__((noinline))
#endif

namespace mtl {
namespace draws {

/// Blocks of four words that are made at once.
constexpr int together = 16;

constexpr uint32_t firstFactor = 0xD2511F53u, secondFactor = 0xCD9E8D57u, firstStep = 0x9E3779B9u, secondStep = 0xBB67AE85u;

/// Words of blocks [first, first + together), block by block. `upper`: the other words of the counter.
inline void philox(uint32_t first, const uint32_t key[2], const uint32_t upper[3], uint32_t* words) {
  uint32_t c0[together], c1[together], c2[together], c3[together];
  uint32_t k0 = key[0], k1 = key[1];
#if defined(__AVX2__)
  // A word is the lower half of a lane of 64 bits; what is in the upper half counts nowhere.
  constexpr int lanes = 4, vectors = together / lanes;
  __m256i v0[vectors], v1[vectors], v2[vectors], v3[vectors];
  for (int v = 0; v < vectors; ++v) {
    const uint32_t at = first + static_cast<uint32_t>(v * lanes);
    v0[v] = _mm256_setr_epi32(static_cast<int>(at), 0, static_cast<int>(at + 1), 0, static_cast<int>(at + 2), 0, static_cast<int>(at + 3), 0);
    v1[v] = _mm256_set1_epi64x(upper[0]);
    v2[v] = _mm256_set1_epi64x(upper[1]);
    v3[v] = _mm256_set1_epi64x(upper[2]);
  }
  const __m256i f0 = _mm256_set1_epi64x(firstFactor), f1 = _mm256_set1_epi64x(secondFactor);
  for (int round = 0; round < 10; ++round) {
    const __m256i s0 = _mm256_set1_epi64x(k0), s1 = _mm256_set1_epi64x(k1);
    for (int v = 0; v < vectors; ++v) {
      const __m256i p0 = _mm256_mul_epu32(f0, v0[v]), p1 = _mm256_mul_epu32(f1, v2[v]);
      v0[v] = _mm256_xor_si256(_mm256_xor_si256(_mm256_srli_epi64(p1, 32), v1[v]), s0);
      v2[v] = _mm256_xor_si256(_mm256_xor_si256(_mm256_srli_epi64(p0, 32), v3[v]), s1);
      v1[v] = p1;
      v3[v] = p0;
    }
    k0 += firstStep;
    k1 += secondStep;
  }
  const auto put = [&](const __m256i* from, uint32_t* to) {
    const __m256i order = _mm256_setr_epi32(0, 2, 4, 6, 0, 2, 4, 6);
    for (int v = 0; v < vectors; ++v)
      _mm_storeu_si128(reinterpret_cast<__m128i*>(to + v * lanes), _mm256_castsi256_si128(_mm256_permutevar8x32_epi32(from[v], order)));
  };
  put(v0, c0);
  put(v1, c1);
  put(v2, c2);
  put(v3, c3);
#else
  for (int i = 0; i < together; ++i) {
    c0[i] = first + static_cast<uint32_t>(i);
    c1[i] = upper[0];
    c2[i] = upper[1];
    c3[i] = upper[2];
  }
  for (int round = 0; round < 10; ++round) {
    for (int i = 0; i < together; ++i) {
      const uint64_t p0 = uint64_t{firstFactor} * c0[i], p1 = uint64_t{secondFactor} * c2[i];
      c0[i] = static_cast<uint32_t>(p1 >> 32) ^ c1[i] ^ k0;
      c2[i] = static_cast<uint32_t>(p0 >> 32) ^ c3[i] ^ k1;
      c1[i] = static_cast<uint32_t>(p1);
      c3[i] = static_cast<uint32_t>(p0);
    }
    k0 += firstStep;
    k1 += secondStep;
  }
#endif
  for (int i = 0; i < together; ++i) {
    words[4 * i] = c0[i];
    words[4 * i + 1] = c1[i];
    words[4 * i + 2] = c2[i];
    words[4 * i + 3] = c3[i];
  }
}

struct Normal {
  double center, scale;
  /// Shares are low + share · span.
  double low, span;
};

/// Numbers of as many words as blocks made at once have, as if all were of the central part; and how far their shares are from one half.
MTL_UNFUSED inline void central(const Normal& normal, const uint32_t* words, float* numbers, double* offsets) {
#ifdef __clang__
#pragma clang fp contract(off)
#endif
  for (int i = 0; i < 4 * together; ++i) {
    // Exact: a number of 32 bits with a sign, moved.
    const double word = static_cast<double>(static_cast<int32_t>(words[i] ^ 0x80000000u)) + 2147483648.0;
    const double share = normal.low + (word + 0.5) / 4294967296.0 * normal.span;
    const double offset = share - 0.5;
    const double r = 0.180625 - offset * offset;
    const double over =
        ((((((2509.0809287301227 * r + 33430.57558358813) * r + 67265.7709270087) * r + 45921.95393154987) * r + 13731.69376550946) * r +
          1971.5909503065513) * r + 133.14166789178438) * r + 3.3871328727963665;
    const double under =
        ((((((5226.495278852854 * r + 28729.085735721943) * r + 39307.89580009271) * r + 21213.794301586597) * r + 5394.196021424751) * r +
          687.1870074920579) * r + 42.31333070160091) * r + 1;
    offsets[i] = offset;
    numbers[i] = static_cast<float>(normal.center + normal.scale * (offset * over / under));
  }
}

/// More than the share of a number by which the logarithms of two libraries, each less than a unit of its last digit from the true one, may move it.
constexpr double logarithmNoise = 4e-14;

/// The number of a word of a tail; whether no other logarithm gives another one.
MTL_UNFUSED inline bool tail(const Normal& normal, uint32_t word, float* number) {
#ifdef __clang__
#pragma clang fp contract(off)
#endif
  const double share = normal.low + (static_cast<double>(word) + 0.5) / 4294967296.0 * normal.span;
  const bool isLower = share < 0.5;
  const double r = std::sqrt(-std::log(isLower ? share : 1 - share)) - 1.6;
  const double over = ((((((0.0007745450142783414 * r + 0.022723844989269184) * r + 0.2417807251774506) * r + 1.2704582524523684) * r + 3.6478483247632045) *
                           r + 5.769497221460691) * r + 4.630337846156546) * r + 1.4234371107496835;
  const double under = ((((((1.0507500716444169e-9 * r + 0.0005475938084995345) * r + 0.015198666563616457) * r + 0.14810397642748008) * r +
                           0.6897673349851) * r + 1.6763848301838038) * r + 2.053191626637759) * r + 1;
  const double size = over / under;
  const double value = normal.center + normal.scale * (isLower ? -size : size);
  const double noise = std::fabs(normal.scale * size) * logarithmNoise;
  *number = static_cast<float>(value);
  return static_cast<float>(value - noise) == static_cast<float>(value + noise);
}

/// A number that another logarithm may change.
struct Unsure {
  uint32_t place, word;
};

/// Numbers [from, to) of `numbers`, which are those of a stream from `start` on; those that another logarithm may change go to `unsure` as well.
inline void fill(float* numbers, long from, long to, uint64_t start, const uint32_t key[2], const uint32_t upper[3], const Normal& normal, std::vector<Unsure>& unsure) {
  constexpr int most = 4 * together;
  uint32_t words[most];
  float made[most];
  double offsets[most];
  int tails[most];
  uint64_t block = (start + static_cast<uint64_t>(from)) / 4;
  for (long at = from - static_cast<long>((start + static_cast<uint64_t>(from)) % 4); at < to; at += most, block += together) {
    philox(static_cast<uint32_t>(block), key, upper, words);
    central(normal, words, made, offsets);
    const int first = at < from ? static_cast<int>(from - at) : 0;
    const int end = to - at < most ? static_cast<int>(to - at) : most;
    int found = 0;
    for (int i = first; i < end; ++i) {
      numbers[at + i] = made[i];
      // Without a branch: which are in a tail cannot be foreseen.
      tails[found] = i;
      found += offsets[i] > 0.425 || offsets[i] < -0.425;
    }
    for (int t = 0; t < found; ++t) {
      const int i = tails[t];
      if (!tail(normal, words[i], &numbers[at + i])) unsure.push_back({static_cast<uint32_t>(at + i), words[i]});
    }
  }
}

/// Numbers of a thread at least, so that it is worth starting.
constexpr long leastOfThread = 1 << 16;

/// The first `count` numbers from `start` on, by as many threads at most.
inline std::vector<Unsure> fillBy(int threads, float* numbers, long count, uint64_t start, const uint32_t key[2], const uint32_t upper[3], const Normal& normal) {
  const int parts = static_cast<int>(std::max(1L, std::min(static_cast<long>(threads), count / leastOfThread)));
  std::vector<std::vector<Unsure>> unsure(static_cast<size_t>(parts));
  inParts(parts, [&](int part) { fill(numbers, count * part / parts, count * (part + 1) / parts, start, key, upper, normal, unsure[static_cast<size_t>(part)]); });
  std::vector<Unsure> all;
  for (const auto& each : unsure) all.insert(all.end(), each.begin(), each.end());
  return all;
}

}  // namespace draws
}  // namespace mtl
