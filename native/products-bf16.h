// Products of matrices whose numbers are rounded to bfloat16 (eight bits of precision), with sums in float32: C = A·B or C += A·B. Two kinds of
// instructions make them: tiles of AMX, 16 by 16 sums at a time, and the dot products of AVX-512 BF16.
//
// Both factors are packed first: A into blocks of 16 rows by 32 of the depth, B into blocks of 32 of the depth by 16 columns, two neighbours of the
// depth beside each other. Blocks at an edge are filled up with zeros. A weight is packed once for each part of a step's rows, anything else where it
// is needed, into memory of the stack.
//
// Each sum goes over ascending blocks of the depth, two neighbours at a time, and depends neither on how many rows there are nor on how they are
// divided among parts. Numbers that are too small for normal ones of bfloat16 count as zero.
#pragma once

#if defined(__AVX512F__) && !defined(MTL_NO_BFLOAT16) && \
    ((defined(__clang__) && __clang_major__ >= 13) || (!defined(__clang__) && __GNUC__ >= 11))
#define MTL_BFLOAT16 1
#endif

#ifdef MTL_BFLOAT16

#include <cpuid.h>
#include <immintrin.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cstdint>

namespace mtl {
namespace bfloat16 {

#define MTL_HALVES __attribute__((target("avx512bf16,avx512bw,avx512vl,avx512dq")))
#define MTL_TILES __attribute__((target("amx-tile,amx-bf16,avx512bf16,avx512bw,avx512vl,avx512dq")))

/// The bits of a number.
using Half = uint16_t;

constexpr int side = 16;                 // rows and columns of a block of C
constexpr int deep = 32;                 // of the depth, a block of A or B
constexpr int blockSize = side * deep;   // numbers of a block of A or B
constexpr int rowsAtOnce = 2 * side;     // rows of A that are packed and multiplied together
constexpr int deepest = 512;             // of the depth, what is packed of A at a time
constexpr int panelDepth = 256, panelColumns = 256;  // of B, where it is not packed before

inline int blocks(int count, int size) { return (count + size - 1) / size; }
inline int least(int a, int b) { return a < b ? a : b; }

/// Lanes of `count` numbers, of which there may be none or more than lanes.
inline __mmask16 lanesOf(int count) { return count >= side ? 0xffff : count <= 0 ? 0 : static_cast<__mmask16>((1u << count) - 1); }

/// Two rows of numbers, rounded, each number of the first beside that of the second.
MTL_HALVES inline __m512i pairs(__m512 first, __m512 second) {
  const __m512i order = _mm512_set_epi16(31, 15, 30, 14, 29, 13, 28, 12, 27, 11, 26, 10, 25, 9, 24, 8, 23, 7, 22, 6, 21, 5, 20,
                                         4, 19, 3, 18, 2, 17, 1, 16, 0);
  return _mm512_maskz_permutexvar_epi16(0xffffffff, order, (__m512i)_mm512_cvtne2ps_pbh(second, first));
}

/// B [depth, columns] into blocks of the depth, those of the first 16 columns first.
MTL_HALVES inline void packRight(const float* B, long ldb, int depth, int columns, Half* to) {
  const int deepBlocks = blocks(depth, deep);
  for (int column = 0; column < columns; column += side) {
    const __mmask16 mask = lanesOf(columns - column);
    for (int k = 0; k < deepBlocks * deep; k += 2, to += 2 * side) {
      const float* from = B + k * ldb + column;
      const __m512 first = k < depth ? _mm512_maskz_loadu_ps(mask, from) : _mm512_setzero_ps();
      const __m512 second = k + 1 < depth ? _mm512_maskz_loadu_ps(mask, from + ldb) : _mm512_setzero_ps();
      _mm512_store_si512(to, pairs(first, second));
    }
  }
}

/// A [rows, depth], stored by rows, into blocks of the depth, those of the first 16 rows first.
MTL_HALVES inline void packRows(const float* A, long rowA, int rows, int depth, Half* to) {
  const int deepBlocks = blocks(depth, deep);
  for (int row = 0; row < blocks(rows, side) * side; row++) {
    Half* block = to + (row / side * deepBlocks * side + row % side) * deep;
    const float* from = A + row * rowA;
    for (int k = 0; k < depth; k += deep, block += blockSize) {
      const int left = row < rows ? depth - k : 0;
      const __m512 low = _mm512_maskz_loadu_ps(lanesOf(left), from + k);
      const __m512 high = left > side ? _mm512_maskz_loadu_ps(lanesOf(left - side), from + k + side) : _mm512_setzero_ps();
      _mm512_store_si512(block, (__m512i)_mm512_cvtne2ps_pbh(high, low));
    }
  }
}

/// Rows and columns of 16 by 16 numbers of 32 bits change places.
MTL_HALVES inline void transpose(__m512i* r) {
  __m512i t[side];
  for (int i = 0; i < 8; i++) {
    t[2 * i] = _mm512_maskz_unpacklo_epi32(0xffff, r[2 * i], r[2 * i + 1]);
    t[2 * i + 1] = _mm512_maskz_unpackhi_epi32(0xffff, r[2 * i], r[2 * i + 1]);
  }
  for (int i = 0; i < 4; i++)
    for (int half = 0; half < 2; half++) {
      r[4 * i + 2 * half] = _mm512_maskz_unpacklo_epi64(0xff, t[4 * i + half], t[4 * i + 2 + half]);
      r[4 * i + 2 * half + 1] = _mm512_maskz_unpackhi_epi64(0xff, t[4 * i + half], t[4 * i + 2 + half]);
    }
  for (int i = 0; i < 4; i++)
    for (int half = 0; half < 2; half++) {
      t[i + 8 * half] = _mm512_maskz_shuffle_i32x4(0xffff, r[i + 8 * half], r[i + 4 + 8 * half], 0x88);
      t[i + 4 + 8 * half] = _mm512_maskz_shuffle_i32x4(0xffff, r[i + 8 * half], r[i + 4 + 8 * half], 0xdd);
    }
  for (int i = 0; i < 8; i++) {
    r[i] = _mm512_maskz_shuffle_i32x4(0xffff, t[i], t[i + 8], 0x88);
    r[i + 8] = _mm512_maskz_shuffle_i32x4(0xffff, t[i], t[i + 8], 0xdd);
  }
}

/// A [rows, depth], stored by columns, into the same blocks.
MTL_HALVES inline void packColumns(const float* A, long columnA, int rows, int depth, Half* to) {
  for (int row = 0; row < rows; row += side) {
    const __mmask16 mask = lanesOf(rows - row);
    for (int k = 0; k < depth; k += deep) {
      __m512i pair[side];
      for (int p = 0; p < side; p++) {
        const int at = k + 2 * p;
        const float* from = A + at * columnA + row;
        const __m512 first = at < depth ? _mm512_maskz_loadu_ps(mask, from) : _mm512_setzero_ps();
        const __m512 second = at + 1 < depth ? _mm512_maskz_loadu_ps(mask, from + columnA) : _mm512_setzero_ps();
        pair[p] = pairs(first, second);
      }
      transpose(pair);
      for (int p = 0; p < side; p++, to += deep) _mm512_store_si512(to, pair[p]);
    }
  }
}

/// Some rows, 32 at most, of a product of packed factors. `strideB`: numbers from one block of columns of B to the next.
struct Strip {
  int rows, columns, depth;
  const Half* A;
  const Half* B;
  long strideB;
  float* C;
  long ldc;
  bool accumulate;
};

/// Tiles of AMX.
struct Tiles {
  struct alignas(64) Shapes {
    uint8_t palette = 1, startRow = 0, reserved[14] = {0};
    uint16_t bytes[16] = {64, 64, 64, 64, 64, 64, 64, 64};
    uint8_t rows[16] = {16, 16, 16, 16, 16, 16, 16, 16};
  };

  // The compiler does not know that tiles are read from memory and written to it.
  static void meet() { __asm__ volatile("" ::: "memory"); }

  MTL_TILES static void begin() {
    static const Shapes shapes;
    _tile_loadconfig(&shapes);
  }
  MTL_TILES static void end() { _tile_release(); }

  /// Where the 16 by 16 sums of a block begin: in C itself, or at an edge of it in `edge`.
  MTL_TILES static const float* sums(const Strip& s, int row, int column, float* edge, long& stride) {
    float* from = s.C + row * s.ldc + column;
    if (s.rows - row >= side && s.columns - column >= side) {
      stride = s.ldc * 4;
      return from;
    }
    const __mmask16 mask = lanesOf(s.columns - column);
    for (int i = 0; i < side; i++)
      _mm512_store_ps(edge + i * side, _mm512_maskz_loadu_ps(row + i < s.rows ? mask : 0, row + i < s.rows ? from + i * s.ldc : from));
    stride = side * 4;
    meet();
    return edge;
  }

  MTL_TILES static void fromEdge(const Strip& s, int row, int column, const float* edge) {
    meet();
    const __mmask16 mask = lanesOf(s.columns - column);
    for (int i = 0; i < side && row + i < s.rows; i++)
      _mm512_mask_storeu_ps(s.C + (row + i) * s.ldc + column, mask, _mm512_load_ps(edge + i * side));
  }

#define MTL_BEGIN_TILE(tile, row, column)                              \
  if (s.accumulate) {                                                  \
    long stride;                                                       \
    const float* from = sums(s, row, column, edge, stride);            \
    _tile_loadd(tile, from, stride);                                   \
  } else {                                                             \
    _tile_zero(tile);                                                  \
  }
#define MTL_END_TILE(tile, row, column)                                \
  if (s.rows - (row) >= side && s.columns - (column) >= side) {        \
    _tile_stored(tile, s.C + (row) * s.ldc + (column), s.ldc * 4);     \
  } else {                                                             \
    _tile_stored(tile, edge, side * 4);                                \
    fromEdge(s, row, column, edge);                                    \
  }

  /// Two by two blocks of sums at a time, so that each block of a factor that is read is used twice.
  MTL_TILES static void multiply(const Strip& s) {
    alignas(64) float edge[side * side];
    const int deepBlocks = blocks(s.depth, deep);
    const bool isTall = s.rows > side;
    const Half* low = s.A + deepBlocks * blockSize;
    meet();
    for (int column = 0; column < s.columns; column += 2 * side) {
      const bool isWide = s.columns - column > side;
      const Half* left = s.B + column / side * s.strideB;
      const Half* right = left + s.strideB;
      MTL_BEGIN_TILE(0, 0, column)
      if (isWide) { MTL_BEGIN_TILE(1, 0, column + side) }
      if (isTall) { MTL_BEGIN_TILE(2, side, column) }
      if (isTall && isWide) { MTL_BEGIN_TILE(3, side, column + side) }
      for (int k = 0; k < deepBlocks * blockSize; k += blockSize) {
        _tile_loadd(4, s.A + k, 64);
        _tile_loadd(6, left + k, 64);
        _tile_dpbf16ps(0, 4, 6);
        if (isWide) {
          _tile_loadd(7, right + k, 64);
          _tile_dpbf16ps(1, 4, 7);
        }
        if (isTall) {
          _tile_loadd(5, low + k, 64);
          _tile_dpbf16ps(2, 5, 6);
          if (isWide) _tile_dpbf16ps(3, 5, 7);
        }
      }
      MTL_END_TILE(0, 0, column)
      if (isWide) { MTL_END_TILE(1, 0, column + side) }
      if (isTall) { MTL_END_TILE(2, side, column) }
      if (isTall && isWide) { MTL_END_TILE(3, side, column + side) }
    }
    meet();
  }
#undef MTL_BEGIN_TILE
#undef MTL_END_TILE
};

/// Dot products of pairs in vectors of 16 sums.
struct Dots {
  static void begin() {}
  static void end() {}

  /// Eight rows by up to 32 columns.
  template <int vectors>
  MTL_HALVES static void multiply(const Strip& s, int row, int column) {
    constexpr int tall = 8;
    const int deepBlocks = blocks(s.depth, deep);
    const Half* A = s.A + (row / side * deepBlocks * side + row % side) * deep;
    const Half* B = s.B + column / side * s.strideB;
    __mmask16 mask[vectors];
    __m512 total[tall][vectors];
#pragma GCC unroll 4
    for (int v = 0; v < vectors; v++) {
      mask[v] = lanesOf(s.columns - column - v * side);
#pragma GCC unroll 8
      for (int i = 0; i < tall; i++) {
        const bool isThere = s.accumulate && row + i < s.rows;
        total[i][v] = isThere ? _mm512_maskz_loadu_ps(mask[v], s.C + (row + i) * s.ldc + column + v * side) : _mm512_setzero_ps();
      }
    }
    for (int block = 0; block < deepBlocks; block++, A += blockSize, B += blockSize)
      for (int p = 0; p < side; p++) {
        __m512i b[vectors];
#pragma GCC unroll 4
        for (int v = 0; v < vectors; v++) b[v] = _mm512_load_si512(B + v * s.strideB + p * deep);
#pragma GCC unroll 8
        for (int i = 0; i < tall; i++) {
          int32_t pair;
          __builtin_memcpy(&pair, A + i * deep + 2 * p, sizeof pair);
          const __m512i a = _mm512_set1_epi32(pair);
#pragma GCC unroll 4
          for (int v = 0; v < vectors; v++) total[i][v] = _mm512_dpbf16_ps(total[i][v], (__m512bh)a, (__m512bh)b[v]);
        }
      }
#pragma GCC unroll 8
    for (int i = 0; i < tall; i++)
#pragma GCC unroll 4
      for (int v = 0; v < vectors; v++)
        if (row + i < s.rows) _mm512_mask_storeu_ps(s.C + (row + i) * s.ldc + column + v * side, mask[v], total[i][v]);
  }

  MTL_HALVES static void multiply(const Strip& s) {
    for (int column = 0; column < s.columns; column += 2 * side)
      for (int row = 0; row < s.rows; row += 8)
        if (s.columns - column > side) multiply<2>(s, row, column);
        else multiply<1>(s, row, column);
  }
};

/// The first factor: element (i, k) is at[i * row + k * column], and one of the two strides is 1.
struct Left {
  const float* at;
  long row, column;
};

/// Numbers of B when it is packed.
inline long packedSize(int columns, int depth) { return static_cast<long>(blocks(columns, side)) * blocks(depth, deep) * blockSize; }

/// C = A·B or C += A·B for a packed B of as much depth as is packed of A at a time.
template <class Kind>
MTL_HALVES void multiplyStrips(int rows, int columns, int depth, const Left& A, const Half* B, long strideB, float* C, long ldc, bool accumulate) {
  alignas(64) Half packed[rowsAtOnce * deepest];
  for (int row = 0; row < rows; row += rowsAtOnce) {
    const int count = least(rowsAtOnce, rows - row);
    if (A.column == 1) packRows(A.at + row * A.row, A.row, count, depth, packed);
    else packColumns(A.at + row * A.row, A.column, count, depth, packed);
    Kind::multiply({count, columns, depth, packed, B, strideB, C + row * ldc, ldc, accumulate});
  }
}

/// C [rows, columns] = A [rows, depth] · B, which {@link packRight} has packed.
template <class Kind>
MTL_HALVES void multiplyPacked(int rows, int columns, int depth, const Left& A, const Half* B, float* C, long ldc) {
  const long strideB = static_cast<long>(blocks(depth, deep)) * blockSize;
  Kind::begin();
  for (int k = 0; k < depth; k += deepest)
    multiplyStrips<Kind>(rows, columns, least(deepest, depth - k), {A.at + k * A.column, A.row, A.column}, B + k / deep * blockSize, strideB, C, ldc, k > 0);
  Kind::end();
}

/// C [rows, columns] = or += A [rows, depth] · B [depth, columns].
template <class Kind>
MTL_HALVES void multiply(int rows, int columns, int depth, const Left& A, const float* B, long ldb, float* C, long ldc, bool accumulate) {
  alignas(64) Half packed[panelDepth * panelColumns];
  Kind::begin();
  for (int k = 0; k < depth; k += panelDepth) {
    const int deepness = least(panelDepth, depth - k);
    for (int column = 0; column < columns; column += panelColumns) {
      const int count = least(panelColumns, columns - column);
      packRight(B + k * ldb + column, ldb, deepness, count, packed);
      multiplyStrips<Kind>(rows, count, deepness, {A.at + k * A.column, A.row, A.column}, packed, static_cast<long>(blocks(deepness, deep)) * blockSize,
                           C + column, ldc, accumulate || k > 0);
    }
  }
  Kind::end();
}

inline bool hasBit(unsigned leaf, unsigned part, int index, int bit) {
  unsigned registers[4] = {0};
  if (!__get_cpuid_count(leaf, part, &registers[0], &registers[1], &registers[2], &registers[3])) return false;
  return (registers[index] >> bit & 1) != 0;
}

inline bool hasDots() { return hasBit(7, 1, 0, 5); }

/// Whether dot products are faster than products of float32: on processors of AMD twice as fast, on those of Intel half as fast.
inline bool hasFastDots() {
  unsigned registers[4] = {0};
  constexpr unsigned amd = 0x68747541;  // "Auth", of AuthenticAMD
  return hasDots() && __get_cpuid(0, &registers[0], &registers[1], &registers[2], &registers[3]) && registers[1] == amd;
}

/// Tiles are there for a process that has asked for them.
inline bool hasTiles() {
  constexpr int request = 0x1023, tileData = 18;
  static const bool found = hasDots() && hasBit(7, 0, 3, 24) && hasBit(7, 0, 3, 22) && syscall(SYS_arch_prctl, request, tileData) == 0;
  return found;
}

}  // namespace bfloat16
}  // namespace mtl

#endif
