// Instructions whose products are of bfloat16: those of `instructions.h` with the same operands and numbers, by each kind of instruction.
#pragma once
#include "instructions.h"
#include "products-bf16.h"

namespace mtl {

#ifdef MTL_BFLOAT16

/// As `productOfRows`, whose second factor is packed when the first rows of a part are at hand: operands: a part's packed factor besides; numbers: numbers
/// of a part besides.
template <class Kind>
void halfProductOfRows(const Instruction& instruction, const Context& context) {
  const auto& n = instruction.numbers;
  const Operand& own = instruction.operands[3];
  float* room = context.buffers[own.buffer].data + n[7] * context.thread;
  auto* packed = reinterpret_cast<bfloat16::Half*>(room);
  const int columns = static_cast<int>(n[1]), depth = static_cast<int>(n[2]);
  if (context.isFirst)
    bfloat16::packRight(place(instruction, context, 2), n[5], depth, columns, packed);
  bfloat16::multiplyPacked<Kind>(static_cast<int>(n[0] * context.rows), columns, depth, {place(instruction, context, 1), n[3], n[4]}, packed,
                                 place(instruction, context, 0), n[6]);
}

template <class Kind>
void halfProductOverRows(const Instruction& instruction, const Context& context) {
  const auto& n = instruction.numbers;
  const Operand& to = instruction.operands[0];
  float* out = context.buffers[to.buffer].data + to.offset + n[5] * context.thread;
  bfloat16::multiply<Kind>(static_cast<int>(n[1]), static_cast<int>(n[2]), static_cast<int>(n[0] * context.rows),
                           {place(instruction, context, 1), 1, n[3]}, place(instruction, context, 2), n[4], out, n[2], !context.isFirst);
}

/// As `productOfEach`, of matrices whose rows lie together.
template <class Kind>
void halfProductOfEach(const Instruction& instruction, const Context& context) {
  const auto& n = instruction.numbers;
  const long outer = n[0] * context.rows, inner = n[1];
  const long *so = &n[5], *sa = &n[9], *sb = &n[13];
  float* out = place(instruction, context, 0);
  const float* a = place(instruction, context, 1);
  const float* b = place(instruction, context, 2);
  for (long x = 0; x < outer; ++x)
    for (long y = 0; y < inner; ++y)
      bfloat16::multiply<Kind>(static_cast<int>(n[2]), static_cast<int>(n[3]), static_cast<int>(n[4]), {a + x * sa[0] + y * sa[1], sa[2], sa[3]},
                               b + x * sb[0] + y * sb[1], sb[2], out + x * so[0] + y * so[1], so[2], false);
}

/// The kind of instructions that a training takes, or what is in the way.
inline const char* bfloat16Kind() { return bfloat16::hasTiles() ? "tiles" : bfloat16::hasFastDots() ? "dots" : "processor"; }

inline std::vector<Kernel> bfloat16Kernels() {
  using bfloat16::Dots;
  using bfloat16::Tiles;
  return {{"product.tiles", halfProductOfRows<Tiles>}, {"productOverRows.tiles", halfProductOverRows<Tiles>},
          {"productOfEach.tiles", halfProductOfEach<Tiles>}, {"product.dots", halfProductOfRows<Dots>},
          {"productOverRows.dots", halfProductOverRows<Dots>}, {"productOfEach.dots", halfProductOfEach<Dots>}};
}

#else

inline std::vector<Kernel> bfloat16Kernels() { return {}; }

#ifdef __AVX512F__
inline const char* bfloat16Kind() { return "compiler"; }
#else
inline const char* bfloat16Kind() { return "processor"; }
#endif

#endif

/// All instructions: their places are their codes.
inline const std::vector<Kernel>& allKernels() {
  static const std::vector<Kernel> all = [] {
    std::vector<Kernel> both = kernels();
    for (const Kernel& kernel : bfloat16Kernels()) both.push_back(kernel);
    return both;
  }();
  return all;
}

}  // namespace mtl
