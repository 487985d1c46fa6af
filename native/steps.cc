// Runs the plans of `src/compiler/targets/fused`: the steps of a training as loops over rows of a batch, a table or a weight, in which a few
// rows at a time go through one instruction after another while they are in a near cache. There are as many parts of the rows as threads, always the
// same, so that the numbers depend on how many there are and on nothing else.
#include <node_api.h>
#include <sys/mman.h>
#include <time.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <string>
#include <vector>

#include "draws.h"
#include "instructions-bf16.h"
#include "threads.h"

namespace mtl {
namespace {

/// What was done for a part while a trace was wanted: an instruction of the plan by its place; nanoseconds of one clock.
struct Span {
  int instruction;
  int64_t start;
  int64_t end;
};

int64_t now() {
  timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return time.tv_sec * int64_t{1000000000} + time.tv_nsec;
}

struct Loop {
  long rows;
  long tile;
  /// Buffer that says how many of the rows there are; -1: all of them.
  int counted;
  std::vector<Instruction> instructions;
};

struct Phase {
  std::vector<Loop> loops;
};

/// A plan with the memory it works in. Buffers that JavaScript owns (state, constants) are held by references.
struct Plan {
  int threads = 1;
  std::vector<Buffer> buffers;
  std::vector<std::unique_ptr<float, decltype(&free)>> owned;
  std::vector<napi_ref> held;
  long arena = 0;
  std::vector<std::unique_ptr<float, decltype(&free)>> arenas;
  std::vector<Phase> phases;
  bool isTraced = false;
  /// By thread.
  std::vector<std::vector<Span>> spans;
};

float* allocate(size_t floats) {
  const size_t bytes = (floats * sizeof(float) + 127) / 64 * 64;
  void* memory = nullptr;
  if (posix_memalign(&memory, 64, bytes) != 0) return nullptr;
  std::memset(memory, 0, bytes);
  return static_cast<float*>(memory);
}

/// All instructions of a loop over some rows, each noted when a trace is wanted.
void runRows(const Loop& loop, const Context& context, std::vector<Span>* spans) {
  if (spans == nullptr) {
    for (const Instruction& instruction : loop.instructions) instruction.run(instruction, context);
    return;
  }
  int64_t start = now();
  for (const Instruction& instruction : loop.instructions) {
    instruction.run(instruction, context);
    const int64_t end = now();
    spans->push_back({instruction.place, start, end});
    start = end;
  }
}

/// Each part has rows where there are as many as parts, whatever the count: it clears its own sums at the first of them.
long rowsOf(const Plan& plan, const Loop& loop) {
  if (loop.counted < 0) return loop.rows;
  const long count = *reinterpret_cast<const int32_t*>(plan.buffers[loop.counted].data);
  return std::min(loop.rows, std::max<long>(count, plan.threads));
}

/// A part of a phase: of each loop the rows that are that part's. Its arena and its own sums are those of the part, whichever thread takes it.
void runPart(Plan& plan, const Phase& phase, long step, int part) {
  Context context{plan.buffers.data(), plan.arenas[part].get(), part, plan.threads, step, 0, 0, false};
  std::vector<Span>* spans = plan.isTraced ? &plan.spans[part] : nullptr;
  for (const Loop& loop : phase.loops) {
    const long rows = rowsOf(plan, loop);
    const long begin = rows * part / plan.threads;
    const long end = rows * (part + 1) / plan.threads;
    for (long row = begin; row < end; row += loop.tile) {
      context.row = row;
      context.rows = std::min(loop.tile, end - row);
      context.isFirst = row == begin;
      runRows(loop, context, spans);
    }
  }
}

/// Reads the numbers that the engine writes of a plan, in its order.
class Reader {
 public:
  Reader(const double* at, const double* end) : at_(at), end_(end) {}
  long next() { return at_ < end_ ? static_cast<long>(*at_++) : (failed_ = true, 0); }
  bool failed() const { return failed_; }

 private:
  const double* at_;
  const double* end_;
  bool failed_ = false;
};

Instruction readInstruction(Reader& reader) {
  Instruction instruction;
  instruction.run = allKernels()[reader.next()].run;
  const long operands = reader.next();
  for (long i = 0; i < operands; ++i) {
    Operand operand;
    operand.buffer = static_cast<int>(reader.next());
    operand.offset = reader.next();
    operand.rowStride = reader.next();
    instruction.operands.push_back(operand);
  }
  const long numbers = reader.next();
  for (long i = 0; i < numbers; ++i) instruction.numbers.push_back(reader.next());
  return instruction;
}

void finalize(napi_env env, void* data, void*) {
  Plan* plan = static_cast<Plan*>(data);
  for (napi_ref ref : plan->held) napi_delete_reference(env, ref);
  delete plan;
}

bool dataOf(napi_env env, napi_value value, float** data) {
  bool isTyped = false;
  if (napi_is_typedarray(env, value, &isTyped) != napi_ok || !isTyped) return false;
  napi_typedarray_type type;
  size_t length;
  void* memory;
  napi_value buffer;
  size_t offset;
  if (napi_get_typedarray_info(env, value, &type, &length, &memory, &buffer, &offset) != napi_ok) return false;
  *data = static_cast<float*>(memory);
  return true;
}

napi_value fail(napi_env env, const char* message) {
  napi_throw_error(env, nullptr, message);
  return nullptr;
}

/// create(words: Float64Array, given: TypedArray[]): a plan. `given` are the buffers that JavaScript owns, in the order in which the words name them.
napi_value Create(napi_env env, napi_callback_info info) {
  size_t argc = 2;
  napi_value argv[2];
  napi_get_cb_info(env, info, &argc, argv, nullptr, nullptr);
  napi_typedarray_type type;
  size_t length, offset;
  void* words;
  napi_value unused;
  if (napi_get_typedarray_info(env, argv[0], &type, &length, &words, &unused, &offset) != napi_ok)
    return fail(env, "a plan is a Float64Array");
  Reader reader(static_cast<double*>(words), static_cast<double*>(words) + length);
  auto plan = std::make_unique<Plan>();
  plan->threads = static_cast<int>(reader.next());
  const long buffers = reader.next();
  uint32_t given = 0;
  for (long i = 0; i < buffers; ++i) {
    Buffer buffer{};
    const long kind = reader.next();
    const long size = reader.next();
    buffer.queueStride = reader.next();
    buffer.kind = static_cast<BufferKind>(kind);
    if (buffer.kind == BufferKind::given) {
      napi_value array;
      napi_get_element(env, argv[1], given++, &array);
      if (!dataOf(env, array, &buffer.data)) return fail(env, "a plan's buffer is a typed array");
      napi_ref ref;
      napi_create_reference(env, array, 1, &ref);
      plan->held.push_back(ref);
    } else if (buffer.kind == BufferKind::own || buffer.kind == BufferKind::perThread) {
      buffer.data = allocate(buffer.kind == BufferKind::own ? size : size * plan->threads);
      if (buffer.data == nullptr) return fail(env, "there is not enough memory for the values of a step");
      plan->owned.emplace_back(buffer.data, &free);
    }
    plan->buffers.push_back(buffer);
  }
  plan->arena = reader.next();
  for (int thread = 0; thread < plan->threads; ++thread) {
    float* arena = allocate(plan->arena);
    if (arena == nullptr) return fail(env, "there is not enough memory for the values of a step");
    plan->arenas.emplace_back(arena, &free);
  }
  int place = 0;
  const long phases = reader.next();
  for (long p = 0; p < phases; ++p) {
    Phase phase;
    const long loops = reader.next();
    for (long l = 0; l < loops; ++l) {
      Loop loop;
      loop.rows = reader.next();
      loop.tile = reader.next();
      loop.counted = static_cast<int>(reader.next());
      const long instructions = reader.next();
      for (long i = 0; i < instructions; ++i) {
        loop.instructions.push_back(readInstruction(reader));
        loop.instructions.back().place = place++;
      }
      phase.loops.push_back(std::move(loop));
    }
    plan->phases.push_back(std::move(phase));
  }
  if (reader.failed()) return fail(env, "a plan ends too early");
  napi_value result;
  napi_create_external(env, plan.release(), finalize, nullptr, &result);
  return result;
}

/// run(plan, feeds: TypedArray[], count, isAlone): feeds in the order of the plan's buffers of the kind `queue`; alone, this thread does all parts.
napi_value Run(napi_env env, napi_callback_info info) {
  size_t argc = 4;
  napi_value argv[4];
  napi_get_cb_info(env, info, &argc, argv, nullptr, nullptr);
  void* data;
  if (napi_get_value_external(env, argv[0], &data) != napi_ok) return fail(env, "that is not a plan");
  Plan& plan = *static_cast<Plan*>(data);
  uint32_t fed = 0;
  for (Buffer& buffer : plan.buffers) {
    if (buffer.kind != BufferKind::queue) continue;
    napi_value array;
    napi_get_element(env, argv[1], fed++, &array);
    if (!dataOf(env, array, &buffer.data)) return fail(env, "a feed is a typed array");
  }
  int64_t count;
  napi_get_value_int64(env, argv[2], &count);
  bool isAlone = false;
  napi_get_value_bool(env, argv[3], &isAlone);
  const long phases = static_cast<long>(plan.phases.size());
  Rounds rounds(phases * count, plan.threads, [&](long round, int part) {
    runPart(plan, plan.phases[round % phases], round / phases, part);
  });
  Team::get().run(isAlone ? 1 : plan.threads, rounds);
  return nullptr;
}

/// trace(plan, on): begins a trace, or ends it and gives [part, instruction, start, end] for all that was done.
napi_value Trace(napi_env env, napi_callback_info info) {
  size_t argc = 2;
  napi_value argv[2];
  napi_get_cb_info(env, info, &argc, argv, nullptr, nullptr);
  void* data;
  if (napi_get_value_external(env, argv[0], &data) != napi_ok) return fail(env, "that is not a plan");
  Plan& plan = *static_cast<Plan*>(data);
  napi_get_value_bool(env, argv[1], &plan.isTraced);
  std::vector<double> numbers;
  for (size_t thread = 0; thread < plan.spans.size(); ++thread)
    for (const Span& span : plan.spans[thread])
      numbers.insert(numbers.end(), {static_cast<double>(thread), static_cast<double>(span.instruction),
                                     static_cast<double>(span.start), static_cast<double>(span.end)});
  plan.spans.assign(plan.threads, {});
  void* memory;
  napi_value buffer, list;
  napi_create_arraybuffer(env, numbers.size() * sizeof(double), &memory, &buffer);
  if (!numbers.empty()) std::memcpy(memory, numbers.data(), numbers.size() * sizeof(double));
  napi_create_typedarray(env, napi_float64_array, numbers.size(), buffer, 0, &list);
  return list;
}

/// Elements of a typed array of numbers of 32 bits.
struct Words {
  int32_t* data = nullptr;
  size_t length = 0;
};

bool wordsOf(napi_env env, napi_value value, Words* words) {
  float* data;
  if (!dataOf(env, value, &data)) return false;
  words->data = reinterpret_cast<int32_t*>(data);
  return napi_get_typedarray_info(env, value, nullptr, &words->length, nullptr, nullptr, nullptr) == napi_ok;
}

/// Rows whose lines are asked for before they are copied.
constexpr size_t rowsAhead = 8;
constexpr size_t lineWords = 16;

/// arrange(records, places, [ids, numbers, labels, known, weights]): the stored rows at these places as the arrays of a batch; a null label is 0 and not known.
napi_value Arrange(napi_env env, napi_callback_info info) {
  size_t argc = 3;
  napi_value argv[3];
  napi_get_cb_info(env, info, &argc, argv, nullptr, nullptr);
  Words records, places, parts[5];
  if (!wordsOf(env, argv[0], &records) || !wordsOf(env, argv[1], &places)) return fail(env, "rows are typed arrays");
  for (uint32_t i = 0; i < 5; ++i) {
    napi_value part;
    napi_get_element(env, argv[2], i, &part);
    if (!wordsOf(env, part, &parts[i])) return fail(env, "the parts of a batch are typed arrays");
  }
  const size_t rows = places.length;
  if (rows == 0) return nullptr;
  const size_t ids = parts[0].length / rows, numbers = parts[1].length / rows, labels = parts[2].length / rows;
  const size_t stride = ids + numbers + labels + 1, last = records.length / stride;
  if (parts[3].length != labels * rows || parts[4].length != rows) return fail(env, "the parts of a batch are not of its rows");
  for (size_t row = 0; row < rows; ++row)
    if (static_cast<size_t>(static_cast<uint32_t>(places.data[row])) >= last) return fail(env, "there is no such row");
  auto rowAt = [&](size_t row) { return records.data + places.data[row] * stride; };
  const float one = 1.0f, zero = 0.0f;
  for (size_t row = 0; row < rows; ++row) {
    if (row + rowsAhead < rows) {
      const int32_t* const ahead = rowAt(row + rowsAhead);
      for (size_t at = 0; at < stride + lineWords; at += lineWords) __builtin_prefetch(ahead + at);
    }
    const int32_t* from = rowAt(row);
    std::memcpy(parts[0].data + row * ids, from, ids * sizeof(int32_t));
    std::memcpy(parts[1].data + row * numbers, from + ids, numbers * sizeof(int32_t));
    from += ids + numbers;
    for (size_t i = 0; i < labels; ++i) {
      float value;
      std::memcpy(&value, from + i, sizeof(float));
      const bool isKnown = value == value;
      parts[2].data[row * labels + i] = isKnown ? from[i] : 0;
      std::memcpy(parts[3].data + row * labels + i, isKnown ? &one : &zero, sizeof(float));
    }
    parts[4].data[row] = from[labels];
  }
  return nullptr;
}

constexpr size_t largePage = size_t{1} << 21;

void unmap(napi_env, void* memory, void* bytes) { munmap(memory, reinterpret_cast<size_t>(bytes)); }

/// Has the system make large pages, which it does when they are first written to, by so many threads: steps would wait for one page after the other.
void touchPages(char* data, size_t bytes, int threads) {
  const long pages = static_cast<long>(bytes / largePage);
  const int parts = static_cast<int>(std::min<long>(threads, pages));
  inParts(parts, [&](int part) {
    for (long page = pages * part / parts; page < pages * (part + 1) / parts; ++page) *const_cast<volatile char*>(data + page * largePage) = 0;
  });
}

/// allocate(bytes, threads): zeros in memory of their own, which begins with a page, a large one where the system has them: a row of a table is then found with fewer reads.
napi_value Allocate(napi_env env, napi_callback_info info) {
  size_t argc = 2;
  napi_value argv[2];
  napi_get_cb_info(env, info, &argc, argv, nullptr, nullptr);
  int64_t bytes = 0;
  int32_t threads = 0;
  if (napi_get_value_int64(env, argv[0], &bytes) != napi_ok || bytes <= 0) return fail(env, "that is no number of bytes");
  if (napi_get_value_int32(env, argv[1], &threads) != napi_ok || threads < 1) return fail(env, "that is no number of threads");
  const size_t size = (static_cast<size_t>(bytes) + largePage - 1) / largePage * largePage;
  void* all = mmap(nullptr, size + largePage, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (all == MAP_FAILED) return fail(env, "there is not enough memory for the state");
  // What lies before and behind the large pages goes back.
  char* const begin = static_cast<char*>(all);
  char* const data = begin + (largePage - reinterpret_cast<uintptr_t>(all) % largePage) % largePage;
  if (data > begin) munmap(begin, data - begin);
  if (data < begin + largePage) munmap(data + size, begin + largePage - data);
  madvise(data, size, MADV_HUGEPAGE);
  touchPages(data, size, threads);
  napi_value buffer;
  if (napi_create_external_arraybuffer(env, data, bytes, unmap, reinterpret_cast<void*>(size), &buffer) != napi_ok) {
    munmap(data, size);
    return fail(env, "the memory for the state is not taken");
  }
  return buffer;
}

/// drawNormal(numbers: Float32Array, settings: [key, key, counter, counter, counter, start, center, scale, low, span], threads): (place, word) of each number that is left to the caller.
napi_value DrawNormal(napi_env env, napi_callback_info info) {
  size_t argc = 3;
  napi_value argv[3];
  napi_get_cb_info(env, info, &argc, argv, nullptr, nullptr);
  Words numbers;
  double s[10];
  int32_t threads;
  if (!wordsOf(env, argv[0], &numbers)) return fail(env, "numbers are a typed array");
  for (uint32_t i = 0; i < 10; ++i) {
    napi_value setting;
    napi_get_element(env, argv[1], i, &setting);
    if (napi_get_value_double(env, setting, &s[i]) != napi_ok) return fail(env, "settings are numbers");
  }
  if (napi_get_value_int32(env, argv[2], &threads) != napi_ok) return fail(env, "threads are a number");
  const auto word = [](double value) { return static_cast<uint32_t>(static_cast<int64_t>(value)); };
  const uint32_t key[2] = {word(s[0]), word(s[1])}, upper[3] = {word(s[2]), word(s[3]), word(s[4])};
  const std::vector<draws::Unsure> unsure = draws::fillBy(threads, reinterpret_cast<float*>(numbers.data), static_cast<long>(numbers.length),
                                                          static_cast<uint64_t>(s[5]), key, upper, {s[6], s[7], s[8], s[9]});
  void* data;
  napi_value buffer, result;
  if (napi_create_arraybuffer(env, unsure.size() * sizeof(draws::Unsure), &data, &buffer) != napi_ok) return fail(env, "there is not enough memory");
  if (!unsure.empty()) std::memcpy(data, unsure.data(), unsure.size() * sizeof(draws::Unsure));
  napi_create_typedarray(env, napi_uint32_array, 2 * unsure.size(), buffer, 0, &result);
  return result;
}

/// copyRows(from, stride, to, stride, width): as many runs of so many words as the second has room for, each a stride behind the one before it.
napi_value CopyRows(napi_env env, napi_callback_info info) {
  size_t argc = 5;
  napi_value argv[5];
  napi_get_cb_info(env, info, &argc, argv, nullptr, nullptr);
  Words from, to;
  uint32_t fromStride, toStride, width;
  if (!wordsOf(env, argv[0], &from) || !wordsOf(env, argv[2], &to)) return fail(env, "rows are typed arrays");
  if (napi_get_value_uint32(env, argv[1], &fromStride) != napi_ok || napi_get_value_uint32(env, argv[3], &toStride) != napi_ok ||
      napi_get_value_uint32(env, argv[4], &width) != napi_ok || width == 0 || fromStride < width || toStride < width)
    return fail(env, "a stride is at least as wide as a row");
  const auto rowsOf = [&](const Words& words, size_t stride) { return words.length < width ? 0 : (words.length - width) / stride + 1; };
  const size_t rows = rowsOf(to, toStride);
  if (rowsOf(from, fromStride) < rows) return fail(env, "there are no such rows");
  for (size_t row = 0; row < rows; ++row)
    std::memcpy(to.data + row * toStride, from.data + row * fromStride, width * sizeof(int32_t));
  return nullptr;
}

/// names(): the instructions, whose places are their codes.
napi_value Names(napi_env env, napi_callback_info) {
  napi_value list;
  napi_create_array(env, &list);
  uint32_t index = 0;
  for (const Kernel& kernel : allKernels()) {
    napi_value name;
    napi_create_string_utf8(env, kernel.name, NAPI_AUTO_LENGTH, &name);
    napi_set_element(env, list, index++, name);
  }
  return list;
}

/// bfloat16(): "tiles" or "dots", by which products of bfloat16 are made; else "processor" or "compiler", which cannot.
napi_value Bfloat16(napi_env env, napi_callback_info) {
  napi_value kind;
  napi_create_string_utf8(env, bfloat16Kind(), NAPI_AUTO_LENGTH, &kind);
  return kind;
}

napi_value Init(napi_env env, napi_value exports) {
  const struct {
    const char* name;
    napi_callback callback;
  } functions[] = {{"create", Create}, {"run", Run}, {"trace", Trace}, {"names", Names}, {"allocate", Allocate},
                   {"bfloat16", Bfloat16}, {"arrange", Arrange}, {"drawNormal", DrawNormal}, {"copyRows", CopyRows}};
  for (const auto& [name, callback] : functions) {
    napi_value function;
    napi_create_function(env, name, NAPI_AUTO_LENGTH, callback, nullptr, &function);
    napi_set_named_property(env, exports, name, function);
  }
  return exports;
}

}  // namespace
}  // namespace mtl

NAPI_MODULE(NODE_GYP_MODULE_NAME, mtl::Init)
