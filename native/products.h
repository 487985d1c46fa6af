// The matrix product of the trainer: one thread, float32, C = A·B or C += A·B, where A may be stored transposed.
//
// The matrices of a training step are small (up to about 300 in each direction): a tile of C is kept in registers over the whole
// depth, while B is read where it is, from the second-level cache. Parts of B are copied only if it is too large for that or not
// aligned. Rows of B and C that start at multiples of 64 bytes are up to a tenth faster.
//
// Each element of C is one chain of fused multiply-adds over ascending k, then stored or added to C. A depth above 512 is cut into
// several chains, and so is that of `narrow` products. How it is cut follows from depth and n: the result of a row depends neither on
// how many rows there are nor on how they are divided among tiles or threads.
#pragma once

#include <immintrin.h>

#include <cstdint>
#include <type_traits>

namespace mtl {
// One namespace per width, so that files compiled for different processors can be linked into one library.
#ifdef __AVX512F__
inline namespace width16 {
#else
inline namespace width8 {
#endif
namespace product {

typedef double Pair __attribute__((may_alias, aligned(4)));  // two floats as they lie in memory

#ifdef __AVX512F__
constexpr int width = 16;
using Vector = __m512;
using Mask = __mmask16;
using Indices = __m512i;
inline Mask first(int count) { return static_cast<Mask>((1u << count) - 1); }
inline Vector zero() { return _mm512_setzero_ps(); }
inline Vector load(const float* from) { return _mm512_loadu_ps(from); }
inline Vector load(const float* from, Mask mask) { return _mm512_maskz_loadu_ps(mask, from); }
inline Indices load(const int* from) { return _mm512_loadu_si512(from); }
inline void store(float* to, Vector value) { _mm512_storeu_ps(to, value); }
inline void store(float* to, Vector value, Mask mask) { _mm512_mask_storeu_ps(to, mask, value); }
inline Vector add(Vector a, Vector b) { return _mm512_add_ps(a, b); }
inline Vector multiplyAdd(Vector a, Vector b, Vector c) { return _mm512_fmadd_ps(a, b, c); }
// Lane i is lane from[i] of `value`. (The masked form, as GCC 12 warns of an uninitialized value within the other.)
inline Vector permute(Vector value, Indices from) { return _mm512_maskz_permutexvar_ps(0xffff, from, value); }
// `count` neighbouring floats over and over.
template <int count>
inline Vector repeat(const float* from) {
  if constexpr (count == 1) return _mm512_set1_ps(*from);
  if constexpr (count == 2) return _mm512_castpd_ps(_mm512_set1_pd(*reinterpret_cast<const Pair*>(from)));
  if constexpr (count == 4) return _mm512_maskz_broadcast_f32x4(0xffff, _mm_loadu_ps(from));
  if constexpr (count == 8) return _mm512_maskz_broadcast_f32x8(0xffff, _mm256_loadu_ps(from));
  if constexpr (count == 16) return load(from);
}
// The rows of a tile: as many as fit into the registers beside a row of B and an element of A.
constexpr int mostRows(int vectors) { return vectors <= 2 ? 14 : vectors == 3 ? 8 : 2; }
constexpr int mostVectors(int rows) { return rows <= 2 ? 8 : 3; }
#else
constexpr int width = 8;
using Vector = __m256;
using Mask = __m256i;
using Indices = __m256i;
inline Mask first(int count) {
  return _mm256_cmpgt_epi32(_mm256_set1_epi32(count), _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7));
}
inline Vector zero() { return _mm256_setzero_ps(); }
inline Vector load(const float* from) { return _mm256_loadu_ps(from); }
inline Vector load(const float* from, Mask mask) { return _mm256_maskload_ps(from, mask); }
inline Indices load(const int* from) { return _mm256_loadu_si256(reinterpret_cast<const __m256i*>(from)); }
inline void store(float* to, Vector value) { _mm256_storeu_ps(to, value); }
inline void store(float* to, Vector value, Mask mask) { _mm256_maskstore_ps(to, mask, value); }
inline Vector add(Vector a, Vector b) { return _mm256_add_ps(a, b); }
inline Vector multiplyAdd(Vector a, Vector b, Vector c) { return _mm256_fmadd_ps(a, b, c); }
inline Vector permute(Vector value, Indices from) { return _mm256_permutevar8x32_ps(value, from); }
template <int count>
inline Vector repeat(const float* from) {
  if constexpr (count == 1) return _mm256_set1_ps(*from);
  if constexpr (count == 2) return _mm256_castpd_ps(_mm256_set1_pd(*reinterpret_cast<const Pair*>(from)));
  if constexpr (count == 4) return _mm256_broadcast_ps(reinterpret_cast<const __m128*>(from));
  if constexpr (count == 8) return load(from);
}
constexpr int mostRows(int vectors) { return vectors == 1 ? 10 : vectors == 2 ? 6 : 2; }
constexpr int mostVectors(int rows) { return rows <= 2 ? 4 : 2; }
#endif

struct Operands {
  int depth;
  const float* A;
  long rowA, columnA;
  const float* B;
  long ldb;
  float* C;
  long ldc;
  bool accumulate;
  bool copied = false;  // whether the columns of B that a panel needs are first copied, row to row
};

constexpr int longest = 512;      // the depth of a chain
constexpr int fewestCopied = 32;  // the rows for which a copy of B pays

// A tile of C: `rows` by `vectors` registers, of whose last only the lanes of `mask` exist if `masked`.
template <int rows, int vectors, bool masked>
inline void tile(const Operands& o, const float* A, const float* B, float* C, Mask mask) {
  // One pointer for three rows of A: the processor addresses the other two by the stride, and so the pointers fit into registers.
  constexpr int pointers = (rows + 2) / 3;
  const float* a[pointers];
  const long rowA = o.rowA, columnA = o.columnA, ldb = o.ldb;
  Vector total[rows][vectors];
#pragma GCC unroll 16
  for (int p = 0; p < pointers; p++) a[p] = A + 3 * p * rowA;
#pragma GCC unroll 16
  for (int i = 0; i < rows; i++)
#pragma GCC unroll 16
    for (int v = 0; v < vectors; v++) total[i][v] = zero();
  for (int k = o.depth; k > 0; k--) {
    Vector b[vectors];
#pragma GCC unroll 16
    for (int v = 0; v < vectors; v++) b[v] = masked && v == vectors - 1 ? load(B + v * width, mask) : load(B + v * width);
    B += ldb;  // Here, so that the compiler keeps the row in registers instead of loading it for each row of A.
#pragma GCC unroll 16
    for (int i = 0; i < rows; i++) {
      const Vector element = repeat<1>(a[i / 3] + i % 3 * rowA);
#pragma GCC unroll 16
      for (int v = 0; v < vectors; v++) total[i][v] = multiplyAdd(element, b[v], total[i][v]);
    }
#pragma GCC unroll 16
    for (int p = 0; p < pointers; p++) a[p] += columnA;
  }
#pragma GCC unroll 16
  for (int i = 0; i < rows; i++, C += o.ldc)
#pragma GCC unroll 16
    for (int v = 0; v < vectors; v++) {
      float* const to = C + v * width;
      if (masked && v == vectors - 1) store(to, o.accumulate ? add(load(to, mask), total[i][v]) : total[i][v], mask);
      else store(to, o.accumulate ? add(load(to), total[i][v]) : total[i][v]);
    }
}

// Calls `work` with the height of each tile, as a constant, and its first row: `most` rows or, where that leaves a remainder, fewer.
// Tiles are of nearly equal height: in a last tile of one or two rows the processor would wait for each sum.
template <int most, typename Work>
inline void tiles(int m, int count, int row, const Work& work) {
  for (; count > 0 && m - row > count * (most - 1); count--, row += most) work(std::integral_constant<int, most>(), row);
  if constexpr (most > 1) tiles<most - 1>(m, count, row, work);
}

template <int vectors, bool masked>
void panel(Operands o, int m, int column, Mask mask) {
  constexpr int most = mostRows(vectors);
  constexpr bool wide = vectors > mostVectors(fewestCopied);
  alignas(64) float copy[wide ? 1 : longest * vectors * width];
  o.B += column;
  if (!wide && o.copied) {
    for (int k = 0; k < o.depth; k++)
      for (int v = 0; v < vectors; v++) {
        const float* const from = o.B + k * o.ldb + v * width;
        store(copy + (k * vectors + v) * width, masked && v == vectors - 1 ? load(from, mask) : load(from));
      }
    o.B = copy;
    o.ldb = vectors * width;
  }
  tiles<most>(m, (m + most - 1) / most, 0, [&](auto rows, int row) {
    tile<rows(), vectors, masked>(o, o.A + row * o.rowA, o.B, o.C + row * o.ldc + column, mask);
  });
}

// The columns of C from `column` on that fill `vectors` <= `most` registers, the last of them perhaps in part.
template <int most>
inline void panels(const Operands& o, int vectors, int m, int n, int column) {
  if (vectors < most) {
    if constexpr (most > 1) panels<most - 1>(o, vectors, m, n, column);
    return;
  }
  const int last = n - column - (most - 1) * width;
  if (last < width) panel<most, true>(o, m, column, first(last));
  else panel<most, false>(o, m, column, first(0));
}

// Panels are of nearly equal width, and wide where there are few rows, so that there are sums enough to keep the processor busy.
inline void allPanels(Operands o, int m, int n) {
  // Half a megabyte is what a second-level cache holds of rows that lie far from each other.
  o.copied = (m >= fewestCopied && o.depth * o.ldb > (1 << 17)) || (m >= 3 * fewestCopied && reinterpret_cast<std::uintptr_t>(o.B) % 64 != 0);
  const int most = mostVectors(m);
  for (int column = 0, left = (n + width - 1) / width; left > 0;) {
    const int count = (left + most - 1) / most, vectors = (left + count - 1) / count;
    panels<mostVectors(1)>(o, vectors, m, n, column);
    column += vectors * width;
    left -= vectors;
  }
}

// Few columns, A stored transposed: the transposed product has few rows, and fills the registers.
inline void turned(const Operands& o, int m, int n) {
  constexpr int most = 256;
  alignas(64) float result[8 * most];
  for (int row = 0; row < m; row += most) {
    const int rows = m - row < most ? m - row : most;
    allPanels({o.depth, o.B, 1, o.ldb, o.A + row, o.columnA, result, most, false}, n, rows);
    for (int i = 0; i < rows; i++) {
      float* const to = o.C + (row + i) * o.ldc;
      for (int j = 0; j < n; j++) to[j] = o.accumulate ? to[j] + result[j * most + i] : result[j * most + i];
    }
  }
}

// Any product, its depth cut into chains of nearly equal length.
inline void general(Operands o, int m, int n) {
  const int depth = o.depth, parts = depth > longest ? (depth + longest - 1) / longest : 1;
  for (int part = 0, start = 0; part < parts; part++) {
    o.depth = (depth - start) / (parts - part);
    if (o.rowA == 1 && n <= 8 && n < m) turned(o, m, n);
    else allPanels(o, m, n);
    o.A += o.depth * o.columnA;
    o.B += o.depth * o.ldb;
    o.accumulate = true;
    start += o.depth;
  }
}

// Few columns, A stored by rows. So that no lane idles, `group` neighbours of a row of A are repeated over a register, and multiplied
// by the same elements of each column of B, one column after the other.
constexpr int longestNarrow = 1024;
template <int group>
void narrow(const Operands& o, int m, int n) {
  constexpr int columns = width / group;
  const int whole = o.depth / group, rest = o.depth % group;
  alignas(64) float packed[(longestNarrow / group + 1) * width];
  alignas(64) int byColumn[width], repeated[width], swapped[width], sums[width];
  for (int lane = 0; lane < width; lane++) {
    byColumn[lane] = lane % group * columns + lane / group;
    repeated[lane] = lane % group;
    sums[lane] = lane * group % width;
  }
  const bool dense = n == columns && o.ldb == columns;
  for (int g = 0; dense && g < whole; g++) store(packed + g * width, permute(load(o.B + g * width), load(byColumn)));
  for (int k = dense ? whole * group : 0; k < (whole + 1) * group; k++)
    for (int j = 0; j < columns; j++) {
      const float element = k < o.depth && j < n ? o.B[k * o.ldb + j] : 0.0f;
      packed[(k / group * columns + j) * group + k % group] = element;
    }
  tiles<8>(m, (m + 7) / 8, 0, [&](auto height, int row) {
    constexpr int rows = height();
    const float *A = o.A + row * o.rowA, *b = packed;
    const long rowA = o.rowA;
    Vector total[rows];
#pragma GCC unroll 16
    for (int i = 0; i < rows; i++) total[i] = zero();
    for (int g = 0; g < whole; g++, A += group, b += width) {
      const Vector column = load(b);
#pragma GCC unroll 16
      for (int i = 0; i < rows; i++) total[i] = multiplyAdd(repeat<group>(A + i * rowA), column, total[i]);
    }
#pragma GCC unroll 16
    for (int i = 0; i < rows; i++) {
      Vector t = total[i];
      if (rest) t = multiplyAdd(permute(load(A + i * rowA, first(rest)), load(repeated)), load(b), t);
      for (int step = 1; step < group; step *= 2) {
        for (int lane = 0; lane < width; lane++) swapped[lane] = lane ^ step;
        t = add(t, permute(t, load(swapped)));
      }
      t = permute(t, load(sums));
      float* const to = o.C + (row + i) * o.ldc;
      store(to, o.accumulate ? add(load(to, first(n)), t) : t, first(n));
    }
  });
}

}  // namespace product

// C[i*ldc + j] (j < n) = (accumulate ? C : 0) + sum over k of A[i*rowA + k*columnA] * B[k*ldb + j]; i < m, k < depth. One of rowA and
// columnA is 1. C overlaps neither A nor B.
inline void multiply(int m, int n, int depth, const float* A, long rowA, long columnA, const float* B, long ldb, float* C, long ldc,
                     bool accumulate) {
  using namespace product;
  const Operands o{depth, A, rowA, columnA, B, ldb, C, ldc, accumulate};
  // How the sums are formed is chosen by n and depth, never by m.
  if (columnA == 1 && n <= width / 2 && depth >= 2 * width && depth <= longestNarrow) {
    if (n == 1) narrow<width>(o, m, n);
    else if (n == 2) narrow<width / 2>(o, m, n);
    else if (n <= 4) narrow<width / 4>(o, m, n);
    else narrow<width / 8>(o, m, n);
  } else {
    general(o, m, n);
  }
}

}  // inline namespace
}  // namespace mtl
