// First values of tables, number by number what `initialize.ts` draws: Philox4x32-10 (Salmon et al., 2011) and the central part of the normal's quantile function (Wichura, AS 241, 1988), of which JavaScript makes the
// tails: their logarithm may differ in the last digit. No product is fused with a sum here, so that all digits are the same.
#pragma once
#include <cstdint>

#if defined(__GNUC__) && !defined(__clang__)
#define MTL_UNFUSED __attribute__((noinline, optimize("fp-contract=off")))
#else
#define MTL_UNFUSED __attribute__((noinline))
#endif

namespace mtl {
namespace draws {

/// Blocks of four words that are made at once.
constexpr int together = 16;

/// Words of blocks [first, first + together), block by block. `upper`: the other words of the counter.
inline void philox(uint32_t first, const uint32_t key[2], const uint32_t upper[3], uint32_t* words) {
  uint32_t c0[together], c1[together], c2[together], c3[together];
  for (int i = 0; i < together; ++i) {
    c0[i] = first + static_cast<uint32_t>(i);
    c1[i] = upper[0];
    c2[i] = upper[1];
    c3[i] = upper[2];
  }
  uint32_t k0 = key[0], k1 = key[1];
  for (int round = 0; round < 10; ++round) {
    for (int i = 0; i < together; ++i) {
      const uint64_t p0 = uint64_t{0xD2511F53u} * c0[i], p1 = uint64_t{0xCD9E8D57u} * c2[i];
      c0[i] = static_cast<uint32_t>(p1 >> 32) ^ c1[i] ^ k0;
      c2[i] = static_cast<uint32_t>(p0 >> 32) ^ c3[i] ^ k1;
      c1[i] = static_cast<uint32_t>(p1);
      c3[i] = static_cast<uint32_t>(p0);
    }
    k0 += 0x9E3779B9u;
    k1 += 0xBB67AE85u;
  }
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

/// Numbers [start, start + count) of a stream; of those in a tail, whose number is not made, (place, word) behind one another. Gives how many these are. `tails` has room for a pair each.
inline long fill(float* numbers, long count, uint64_t start, const uint32_t key[2], const uint32_t upper[3], const Normal& normal,
                 uint32_t* tails) {
  uint32_t words[4 * together];
  float made[4 * together];
  double offsets[4 * together];
  long found = 0;
  uint64_t block = start / 4;
  for (long at = -static_cast<long>(start % 4); at < count; at += 4 * together, block += together) {
    philox(static_cast<uint32_t>(block), key, upper, words);
    central(normal, words, made, offsets);
    const int from = at < 0 ? static_cast<int>(-at) : 0;
    const int to = count - at < 4 * together ? static_cast<int>(count - at) : 4 * together;
    for (int i = from; i < to; ++i) {
      numbers[at + i] = made[i];
      // Without a branch: which are in a tail cannot be foreseen.
      tails[2 * found] = static_cast<uint32_t>(at + i);
      tails[2 * found + 1] = words[i];
      found += offsets[i] > 0.425 || offsets[i] < -0.425;
    }
  }
  return found;
}

}  // namespace draws
}  // namespace mtl
