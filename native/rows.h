// Instructions that find rows by ids: reading, adding up and writing them, and making ids distinct.
#pragma once
#include <algorithm>
#include <cstdint>
#include <cstring>
#include <vector>

#include "instruction.h"

namespace mtl {

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
  float* out = place(instruction, context, 0);
  thread_local std::vector<const float*> table;
  // Where the rows of a row begin in the tables: larger ones are not summed so.
  thread_local std::vector<uint32_t> begins;
  table.resize(tables);
  begins.resize(rows * tables);
  for (long t = 0; t < tables; ++t) {
    table[t] = place(instruction, context, static_cast<int>(1 + 2 * t));
    const int32_t* ids = intPlace(instruction, context, static_cast<int>(2 + 2 * t));
    const auto stride = static_cast<uint32_t>(n[4 + 2 * t]);
    const long idStride = n[5 + 2 * t];
    for (long row = 0; row < rows; ++row) begins[row * tables + t] = static_cast<uint32_t>(std::max(0, ids[row * idStride])) * stride;
  }
  const float* const* const from = table.data();
  const long rest = byColumns(width, [&](auto together, long column) {
    const uint32_t* begin = begins.data();
    for (long row = 0; row < rows; ++row, begin += tables) {
      Vec sum[together];
      const float* x = from[0] + begin[0] + column;
      for (int i = 0; i < together; ++i) sum[i] = load(x + i * lanes);
      for (long t = 1; t < tables; ++t) {
        x = from[t] + begin[t] + column;
        for (int i = 0; i < together; ++i) sum[i] += load(x + i * lanes);
      }
      for (int i = 0; i < together; ++i) store(out + row * outStride + column + i * lanes, sum[i]);
    }
  });
  if (rest == width) return;
  const int count = static_cast<int>(width - rest);
  for (long row = 0; row < rows; ++row) {
    const uint32_t* begin = &begins[row * tables];
    Vec sum = load(from[0] + begin[0] + rest, count);
    for (long t = 1; t < tables; ++t) sum += load(from[t] + begin[t] + rest, count);
    store(out + row * outStride + rest, sum, count);
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

/// The rows of one list that are added to one of its sums: where the sum begins, and the end of their places.
struct SegmentRows {
  float* sum;
  long end;
};

/// A list of ids by which rows are added up.
struct Segments {
  float* sums;
  const int32_t* ids;
  long stride;
  long size;
};

/**
 * The rows of each list by the sums that they are added to, each sum's in their order: `order` has where they begin, and `found` the sums that have any. Counters of all lists take turns, so that none of them
 * waits for itself where many rows have one id.
 */
inline void sortBySegment(const std::vector<Segments>& lists, long rows, long stride, long width, std::vector<int32_t>& order,
                          std::vector<SegmentRows>& found) {
  thread_local std::vector<int32_t> next;
  thread_local std::vector<int32_t*> counters;
  long all = 0;
  for (const Segments& list : lists) all += list.size;
  next.assign(all, 0);
  counters.clear();
  long begin = 0;
  for (const Segments& list : lists) {
    counters.push_back(next.data() + begin);
    begin += list.size;
  }
  const size_t size = lists.size();
  for (long row = 0; row < rows; ++row)
    for (size_t l = 0; l < size; ++l) {
      const int32_t id = lists[l].ids[row * lists[l].stride];
      if (id >= 0) ++counters[l][id];
    }
  found.clear();
  int32_t place = 0;
  for (size_t l = 0; l < size; ++l)
    for (long segment = 0; segment < lists[l].size; ++segment) {
      const int32_t count = counters[l][segment];
      counters[l][segment] = place;
      place += count;
      if (count > 0) found.push_back({lists[l].sums + segment * width, place});
    }
  order.resize(size * rows);
  for (long row = 0; row < rows; ++row)
    for (size_t l = 0; l < size; ++l) {
      const int32_t id = lists[l].ids[row * lists[l].stride];
      if (id >= 0) order[counters[l][id]++] = static_cast<int32_t>(row * stride);
    }
}

/**
 * A thread's part of sums of the same values by the ids of some lists: operands: out of the first list, values, its ids, then out and ids of each other list; numbers: f, segments, width, strides of
 * the rows of values and ids, numbers of a thread, then segments, stride of ids and numbers of a thread of each other list. Ids below 0 are left out.
 */
inline void segmentSumOverRows(const Instruction& instruction, const Context& context) {
  const auto& n = instruction.numbers;
  const float* values = place(instruction, context, 1);
  const long rows = n[0] * context.rows, width = n[2], valueStride = n[3];
  const int size = 1 + static_cast<int>(n.size() - 6) / 3;
  thread_local std::vector<Segments> lists;
  lists.clear();
  long segments = 0;
  for (int l = 0; l < size; ++l) {
    const Operand& to = instruction.operands[l == 0 ? 0 : 2 * l + 1];
    const long own = l == 0 ? n[1] : n[3 * l + 3], numbers = l == 0 ? n[5] : n[3 * l + 5];
    float* sums = context.buffers[to.buffer].data + to.offset + numbers * context.thread;
    lists.push_back({sums, intPlace(instruction, context, l == 0 ? 2 : 2 * l + 2), l == 0 ? n[4] : n[3 * l + 4], own});
    if (context.isFirst) std::memset(sums, 0, own * width * sizeof(float));
    segments += own;
  }
  long rest = 0;
  // Rows of one sum are added up in registers: it is read and written once, and none waits for what was written a moment ago.
  if (width >= 2 * lanes && segments <= 2 * size * rows) {
    thread_local std::vector<int32_t> order;
    thread_local std::vector<SegmentRows> found;
    sortBySegment(lists, rows, valueStride, width, order, found);
    rest = byColumns(width, [&](auto together, long column) {
      const float* const from = values + column;
      const int32_t* const begin = order.data();
      long place = 0;
      for (const SegmentRows& segment : found) {
        float* const sum = segment.sum + column;
        Vec total[together];
        for (int i = 0; i < together; ++i) total[i] = load(sum + i * lanes);
        for (; place < segment.end; ++place)
          for (int i = 0; i < together; ++i) total[i] += load(from + begin[place] + i * lanes);
        for (int i = 0; i < together; ++i) store(sum + i * lanes, total[i]);
      }
    });
  }
  if (rest == width) return;
  for (const Segments& list : lists)
    for (long row = 0; row < rows; ++row) {
      const int32_t id = list.ids[row * list.stride];
      if (id >= 0) addRow(list.sums + id * width + rest, values + row * valueStride + rest, width - rest);
    }
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
  return std::max(0, sample[size * part / parts]);
}

/**
 * Makes ids distinct, each part those of some rows of the table: operands: the distinct ids of a part in the order in which they come, each id's place among them, ids, and of a part how many are distinct and the
 * first row of the table that is its; numbers: ids, rows of the table, numbers of a part of the first and of the last operand.
 */
inline void distinct(const Instruction& instruction, const Context& context) {
  const auto& n = instruction.numbers;
  const long count = n[0];
  int32_t* list = intPlace(instruction, context, 0) + n[2] * context.thread;
  int32_t* index = intPlace(instruction, context, 1);
  const int32_t* ids = intPlace(instruction, context, 2);
  int32_t* found = intPlace(instruction, context, 3) + n[3] * context.thread;
  const long first = firstOfPart(ids, count, n[1], context.thread, context.threads);
  const long last = firstOfPart(ids, count, n[1], context.thread + 1, context.threads);
  long own;
  const std::vector<int32_t>& places = placesWithin(ids, 1, count, first, last, &own);
  // By a hash of an id, 1 and its place in the list; 0 where no id has come. At most half of the slots are taken, so that a near cache holds them, whatever the table has of rows.
  thread_local std::vector<int32_t> slots;
  int bits = 6;
  while ((1L << bits) < 2 * own) ++bits;
  const uint32_t most = (1u << bits) - 1;
  slots.assign(most + 1, 0);
  int32_t next = 0;
  for (long k = 0; k < own; ++k) {
    const int32_t i = places[k], id = ids[i];
    uint32_t slot = (static_cast<uint32_t>(id) * 0x9E3779B1u) >> (32 - bits);
    while (slots[slot] != 0 && list[slots[slot] - 1] != id) slot = (slot + 1) & most;
    if (slots[slot] == 0) {
      list[next] = id;
      slots[slot] = ++next;
    }
    index[i] = slots[slot] - 1;
  }
  found[0] = next;
  found[1] = static_cast<int32_t>(first);
}

/**
 * Joins what parts have made distinct: operands: the list, how many it has, each id's place in the list, the parts' distinct ids, ids, and what a part has found; numbers: ids, numbers of a part of
 * the distinct ids and of what was found. What the list has no ids for is -1, and so is the place of an id below 0, which is none.
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
  for (long i = 0; i < context.rows; ++i) index[i] = ids[i] < 0 ? -1 : index[i];
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

}  // namespace mtl
