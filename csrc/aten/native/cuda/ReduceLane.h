// What one thread of a reduction does, on a device or in a test: lane_total()
// walks the slots that a ReduceLaunch gives to a lane. Read ReducePlan.h first.
//
// A body says what is read and how it is added up:
//   Element, Part, Total, Shift     types: one position, a short run of them,
//                                   everything, one constant per output
//   kWide                           elements of a 16-byte word
//   skew(offset)                    of a row that begins there
//   read(offset), load(offset, Element (&)[kWide])    one, an aligned word
//   shift_of(out)                   the Shift of an output
//   start(), step(part, element, index, shift)        a Part
//   none(), add(total, part), join(total, total)      a Total
//   store(out, total)
// index counts the reduced elements of an output, row by row.
#pragma once

#include <cstring>

#include "aten/native/cuda/ReducePlan.h"
#include "aten/native/functors/ReduceOps.h"
#include "c10/core/ScalarType.h"

#ifdef __CUDA_ARCH__
#define AT_UNROLL _Pragma("unroll")
#else
#define AT_UNROLL
#endif

namespace at::native {
namespace {

// 16 bytes at once. from: on a 16-byte boundary.
template <typename S, int N>
C10_HOST_DEVICE void load_word(const S* from, S (&to)[N]) {
  static_assert(sizeof(S) * N == 16, "a word has 16 bytes");
#ifdef __CUDA_ARCH__
  const uint4 word = *reinterpret_cast<const uint4*>(from);
  memcpy(to, &word, 16);
#else
  memcpy(to, from, 16);
#endif
}

// Elements of type S past the last 16-byte boundary.
template <typename S>
C10_HOST_DEVICE int skew_of(const S* p) {
  return static_cast<int>(reinterpret_cast<uintptr_t>(p) % 16 / sizeof(S));
}

// ----------------------------------------------------------------- walking

// Slots of one element: kBatch loads are under way at once, each with an
// accumulator of its own.
template <typename Body, int kParts>
C10_HOST_DEVICE void add_elements(
    const Body& body,
    const ReduceLaunch& plan,
    int64_t base,
    const typename Body::Shift& shift,
    int64_t slot,
    int64_t stop,
    typename Body::Part (&parts)[kParts]) {
  const auto offset_of = [&](int64_t s) {
    if (plan.rows.n == 0) {
      return base + s * plan.stride;
    }
    const int64_t row = plan.row_of(s);
    return base + plan.row_offset(row) +
        (s - row * plan.slots_per_row) * plan.stride;
  };
  const int64_t step = plan.lanes;
  for (; slot + (kParts - 1) * step < stop; slot += kParts * step) {
    typename Body::Element x[kParts];
    AT_UNROLL
    for (int b = 0; b < kParts; ++b) {
      x[b] = body.read(offset_of(slot + b * step));
    }
    AT_UNROLL
    for (int b = 0; b < kParts; ++b) {
      parts[b] = body.step(parts[b], x[b], slot + b * step, shift);
    }
  }
  for (; slot < stop; slot += step) {
    parts[0] = body.step(parts[0], body.read(offset_of(slot)), slot, shift);
  }
}

// Slots of one word: an accumulator for each of its elements.
template <typename Body, int kParts>
C10_HOST_DEVICE void add_words(
    const Body& body,
    const ReduceLaunch& plan,
    int64_t base,
    const typename Body::Shift& shift,
    int64_t slot,
    int64_t stop,
    typename Body::Part (&parts)[kParts]) {
  constexpr int kBatch = kParts < 4 ? 4 : 16 / kParts;
  struct Word {
    int64_t offset; // of the row
    int64_t index; // of the row's first element
    int64_t first; // element in the row
  };
  const auto word_of = [&](int64_t s) {
    const int64_t row = plan.row_of(s);
    const int64_t offset = base + plan.row_offset(row);
    return Word{
        offset,
        row * plan.length,
        plan.first_in_row(s, row, body.skew(offset))};
  };
  const auto add_word = [&](const Word& w) {
    typename Body::Element x[kParts];
    const bool whole = plan.is_whole(w.first);
    if (whole) {
      body.load(w.offset + w.first, x);
    }
    AT_UNROLL
    for (int k = 0; k < kParts; ++k) {
      const int64_t j = w.first + k;
      if (!whole && j >= 0 && j < plan.length) {
        x[k] = body.read(w.offset + j);
      }
      if (j >= 0 && j < plan.length) {
        parts[k] = body.step(parts[k], x[k], w.index + j, shift);
      }
    }
  };
  const int64_t step = plan.lanes;
  for (; slot + (kBatch - 1) * step < stop; slot += kBatch * step) {
    Word words[kBatch];
    bool whole = true;
    AT_UNROLL
    for (int b = 0; b < kBatch; ++b) {
      words[b] = word_of(slot + b * step);
      whole = whole && plan.is_whole(words[b].first);
    }
    if (!whole) {
      for (int b = 0; b < kBatch; ++b) {
        add_word(word_of(slot + b * step));
      }
      continue;
    }
    typename Body::Element x[kBatch][kParts];
    AT_UNROLL
    for (int b = 0; b < kBatch; ++b) {
      body.load(words[b].offset + words[b].first, x[b]);
    }
    AT_UNROLL
    for (int b = 0; b < kBatch; ++b) {
      AT_UNROLL
      for (int k = 0; k < kParts; ++k) {
        parts[k] = body.step(
            parts[k], x[b][k], words[b].index + words[b].first + k, shift);
      }
    }
  }
  for (; slot < stop; slot += step) {
    add_word(word_of(slot));
  }
}

// What a lane has to say of an output. As on the CPU, runs of up to kRun
// elements are added in the compute type and joined in Total: Note [Accuracy
// of sums] in native/cpu/Reduce.h.
template <int kWidth, typename Body>
C10_HOST_DEVICE typename Body::Total lane_total(
    const Body& body,
    const ReduceLaunch& plan,
    const ReduceLaunch::Place& place,
    int split,
    int lane) {
  constexpr int kParts = kWidth == 1 ? 4 : kWidth;
  constexpr int64_t kRun = 1024;
  const typename Body::Shift shift = body.shift_of(place.out);
  const int64_t last = plan.last_slot(split);
  const int64_t run = kRun * plan.lanes;
  typename Body::Total total = body.none();
  for (int64_t slot = plan.first_slot(split, lane); slot < last; slot += run) {
    const int64_t stop = slot + run < last ? slot + run : last;
    typename Body::Part parts[kParts];
    AT_UNROLL
    for (int k = 0; k < kParts; ++k) {
      parts[k] = body.start();
    }
    if constexpr (kWidth == 1) {
      add_elements(body, plan, place.in, shift, slot, stop, parts);
    } else {
      add_words(body, plan, place.in, shift, slot, stop, parts);
    }
    AT_UNROLL
    for (int k = 0; k < kParts; ++k) {
      total = body.add(total, parts[k]);
    }
  }
  return total;
}

// ------------------------------------------------------------------ bodies

// Reads elements of one tensor.
template <typename S>
struct OneInput {
  using Element = S;
  static constexpr int kWide = static_cast<int>(16 / sizeof(S));
  const S* from;

  C10_HOST_DEVICE int skew(int64_t offset) const {
    return skew_of(from + offset);
  }
  C10_HOST_DEVICE S read(int64_t offset) const { return from[offset]; }
  template <int N>
  C10_HOST_DEVICE void load(int64_t offset, S (&to)[N]) const {
    load_word(from + offset, to);
  }
};

// A formula of functors/ReduceOps.h. kWords: whether it is worth the compile
// time to read 16 bytes at once.
template <typename S, typename Op, bool kWords = true>
struct FormulaBody : OneInput<S> {
  static constexpr int kWide = kWords ? OneInput<S>::kWide : 1;
  using Part = opmath_type<S>;
  using Total = TotalOf<Op, Part>;
  using Shift = Part;
  Op op;
  const S* shift; // one per output, or null
  S* to;

  FormulaBody(const S* from, const Op& op, const S* shift, S* to)
      : OneInput<S>{from}, op(op), shift(shift), to(to) {}

  C10_HOST_DEVICE Shift shift_of(int64_t out) const {
    return shift ? static_cast<Part>(shift[out]) : Part(0);
  }
  C10_HOST_DEVICE Part start() const { return Op::identity(); }
  C10_HOST_DEVICE Part step(Part a, const S& x, int64_t, Part s) const {
    return op.step(a, static_cast<Part>(x), s);
  }
  C10_HOST_DEVICE Total none() const {
    return static_cast<Total>(Op::identity());
  }
  C10_HOST_DEVICE Total add(const Total& a, const Part& b) const {
    return op.join(a, static_cast<Total>(b));
  }
  C10_HOST_DEVICE Total join(const Total& a, const Total& b) const {
    return op.join(a, b);
  }
  C10_HOST_DEVICE void store(int64_t out, const Total& total) const {
    to[out] = static_cast<S>(static_cast<Part>(total));
  }
};

// The extreme and where it stands first. index < 0: nothing seen.
template <typename T>
struct Extreme {
  T value;
  int64_t index;
};

template <typename S>
struct ExtremeBody : OneInput<S> {
  using T = opmath_type<S>;
  using Part = Extreme<T>;
  using Total = Part;
  struct Shift {};
  bool largest;
  S* values; // or null
  int64_t* indices;

  ExtremeBody(const S* from, bool largest, S* values, int64_t* indices)
      : OneInput<S>{from}, largest(largest), values(values), indices(indices) {}

  C10_HOST_DEVICE bool wins(T x, T best) const {
    return largest ? beats<true>(x, best) : beats<false>(x, best);
  }

  C10_HOST_DEVICE Shift shift_of(int64_t) const { return {}; }
  C10_HOST_DEVICE Part start() const { return {T(0), -1}; }
  // A lane meets the elements of a part in order: an equal one comes later.
  C10_HOST_DEVICE Part
  step(const Part& a, const S& x, int64_t index, Shift) const {
    const T value = static_cast<T>(x);
    return a.index < 0 || wins(value, a.value) ? Part{value, index} : a;
  }
  C10_HOST_DEVICE Total none() const { return start(); }
  C10_HOST_DEVICE Total add(const Total& a, const Part& b) const {
    return join(a, b);
  }
  C10_HOST_DEVICE Total join(const Total& a, const Total& b) const {
    if (a.index < 0 || b.index < 0) {
      return a.index < 0 ? b : a;
    }
    if (wins(b.value, a.value)) {
      return b;
    }
    const bool tie = !wins(a.value, b.value);
    return tie && b.index < a.index ? b : a;
  }
  C10_HOST_DEVICE void store(int64_t out, const Total& total) const {
    if (values) {
      values[out] = static_cast<S>(total.value);
    }
    indices[out] = total.index;
  }
};

} // namespace
} // namespace at::native
