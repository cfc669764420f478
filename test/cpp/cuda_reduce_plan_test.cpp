// The reduction planner of the CUDA kernels, without a device: every thread of
// a launch is run in turn, with the same host-device functions that the
// kernels call, and what they read is counted.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <random>
#include <vector>

#include "aten/EmptyTensor.h"
#include "aten/core/Tensor.h"
#include "aten/native/ReduceUtils.h"
#include "aten/native/cuda/ReduceLane.h"

namespace {

using at::IntArrayRef;
using at::Tensor;
using at::native::DeviceShape;
using at::native::DimMask;
using at::native::make_reduce_plan;
using at::native::plan_reduce;
using at::native::ReduceLaunch;
using at::native::ReducePlan;

constexpr DeviceShape kSmall{2, 512};
constexpr DeviceShape kLarge{132, 2048};

// A tensor of these strides over memory of its own.
Tensor strided(IntArrayRef sizes, IntArrayRef strides) {
  return Tensor(at::detail::empty_strided(sizes, strides, at::kFloat));
}
Tensor dense(IntArrayRef sizes) {
  return Tensor(at::detail::empty(sizes, at::kFloat));
}
DimMask dims(std::initializer_list<int> list) {
  DimMask mask;
  for (int d : list) {
    mask[static_cast<size_t>(d)] = true;
  }
  return mask;
}

// ------------------------------------------------------------ the emulation

// Lanes meet in pairs, as in join_lanes of Reduce.cuh.
template <typename Body, typename Total>
Total join_pairs(const Body& body, std::vector<Total> totals) {
  for (size_t half = totals.size() / 2; half > 0; half /= 2) {
    for (size_t i = 0; i < half; ++i) {
      totals[i] = body.join(totals[i], totals[i + half]);
    }
  }
  return totals[0];
}

// All blocks and threads of reduce_slots, then join_splits.
template <int kWidth, typename Body>
void run_width(const Body& body, const ReduceLaunch& plan) {
  using Total = typename Body::Total;
  const auto splits = static_cast<size_t>(plan.splits);
  std::vector<Total> parts(
      static_cast<size_t>(plan.outputs) * splits, body.none());
  for (int split = 0; split < plan.splits; ++split) {
    for (int64_t block = 0; block < plan.blocks(); ++block) {
      std::map<int64_t, std::vector<Total>> totals;
      for (int thread = 0; thread < plan.threads(); ++thread) {
        const int64_t output = block * plan.outs + plan.out_of(thread);
        if (output >= plan.outputs) {
          continue;
        }
        auto& lanes = totals[output];
        lanes.resize(static_cast<size_t>(plan.lanes), body.none());
        const int lane = plan.lane_of(thread);
        lanes[static_cast<size_t>(lane)] = at::native::lane_total<kWidth>(
            body, plan, plan.place_of(output), split, lane);
      }
      for (const auto& [output, lanes] : totals) {
        parts
            [static_cast<size_t>(output) * splits +
             static_cast<size_t>(split)] = join_pairs(body, lanes);
      }
    }
  }
  for (int64_t output = 0; output < plan.outputs; ++output) {
    Total total = body.none();
    for (size_t s = 0; s < splits; ++s) {
      total = body.join(total, parts[static_cast<size_t>(output) * splits + s]);
    }
    body.store(plan.place_of(output).out, total);
  }
}

template <typename Body>
void run(const Body& body, const ReduceLaunch& plan) {
  if (plan.width > 1) {
    run_width<Body::kWide>(body, plan);
  } else {
    run_width<1>(body, plan);
  }
}

// --------------------------------------------------------------- the census

struct Visit {
  int64_t index, offset;
  bool operator<(const Visit& o) const { return index < o.index; }
};

// Reads no data: an element is its own offset, and each step is written down.
template <int kWideElements>
struct Census {
  using Element = int64_t;
  using Part = int64_t; // elements seen
  using Total = int64_t;
  using Shift = int64_t; // the output
  static constexpr int kWide = kWideElements;
  int64_t base; // where the tensor begins, in elements past a boundary
  int64_t limit; // elements of its memory
  std::vector<std::vector<Visit>>* visits;
  std::vector<int64_t>* counts;

  int skew(int64_t offset) const {
    return static_cast<int>((base + offset) % kWide);
  }
  int64_t read(int64_t offset) const {
    EXPECT_GE(offset, 0);
    EXPECT_LT(offset, limit);
    return offset;
  }
  template <int N>
  void load(int64_t offset, int64_t (&to)[N]) const {
    EXPECT_EQ((base + offset) % kWide, 0);
    for (int k = 0; k < N; ++k) {
      to[k] = read(offset + k);
    }
  }
  int64_t shift_of(int64_t out) const { return out; }
  int64_t start() const { return 0; }
  int64_t step(int64_t seen, int64_t x, int64_t index, int64_t out) const {
    (*visits)[static_cast<size_t>(out)].push_back({index, x});
    return seen + 1;
  }
  int64_t none() const { return 0; }
  int64_t add(int64_t a, int64_t b) const { return a + b; }
  int64_t join(int64_t a, int64_t b) const { return a + b; }
  void store(int64_t out, int64_t total) const {
    (*counts)[static_cast<size_t>(out)] += total;
  }
};

// The offsets that belong to each output, straight from the tensor's sizes.
std::vector<std::vector<int64_t>> expected_offsets(
    const Tensor& t,
    const DimMask& mask,
    int64_t outputs) {
  std::vector<std::vector<int64_t>> result(static_cast<size_t>(outputs));
  for (int64_t i = 0; i < t.numel(); ++i) {
    int64_t rest = i, offset = 0, out = 0, out_stride = 1;
    for (size_t d = t.sizes().size(); d-- > 0;) {
      const int64_t at = rest % t.sizes()[d];
      rest /= t.sizes()[d];
      offset += at * t.strides()[d];
      if (!mask[d]) {
        out += at * out_stride;
        out_stride *= t.sizes()[d];
      }
    }
    result[static_cast<size_t>(out)].push_back(offset);
  }
  return result;
}

template <int kWide>
void take_census(
    const Tensor& t,
    const DimMask& mask,
    DeviceShape device,
    int64_t base) {
  const ReducePlan plan = make_reduce_plan(t, mask);
  const ReduceLaunch launch = plan_reduce(plan, kWide, device);
  ASSERT_EQ(launch.threads() % 32, 0);
  ASSERT_LE(launch.threads(), at::native::kReduceThreads);
  ASSERT_LE(launch.splits, at::native::kMaxSplits);
  std::vector<std::vector<Visit>> visits(static_cast<size_t>(plan.outputs));
  std::vector<int64_t> counts(static_cast<size_t>(plan.outputs), 0);
  run(Census<kWide>{base, int64_t{1} << 40, &visits, &counts}, launch);
  const auto expected = expected_offsets(t, mask, plan.outputs);
  for (size_t out = 0; out < visits.size(); ++out) {
    ASSERT_EQ(counts[out], plan.count);
    ASSERT_EQ(static_cast<int64_t>(visits[out].size()), plan.count);
    std::sort(visits[out].begin(), visits[out].end());
    std::vector<int64_t> offsets;
    for (size_t i = 0; i < visits[out].size(); ++i) {
      ASSERT_EQ(visits[out][i].index, static_cast<int64_t>(i));
      offsets.push_back(visits[out][i].offset);
    }
    auto wanted = expected[out];
    std::sort(offsets.begin(), offsets.end());
    std::sort(wanted.begin(), wanted.end());
    ASSERT_EQ(offsets, wanted);
  }
}

void take_every_census(const Tensor& t, const DimMask& mask) {
  for (DeviceShape device : {kSmall, kLarge}) {
    take_census<2>(t, mask, device, 1);
    take_census<4>(t, mask, device, 0);
    take_census<4>(t, mask, device, 3);
    take_census<16>(t, mask, device, 5);
  }
}

TEST(CUDAReducePlan, every_element_once_in_one_row) {
  for (int64_t n : {1, 2, 7, 31, 32, 33, 64, 127, 1000, 4097, 100003}) {
    take_every_census(dense({n}), dims({0}));
  }
}

TEST(CUDAReducePlan, every_element_once_of_rows_and_columns) {
  for (int64_t a : {1, 3, 32, 65, 1025}) {
    for (int64_t b : {1, 5, 33, 257}) {
      take_every_census(dense({a, b}), dims({0}));
      take_every_census(dense({a, b}), dims({1}));
      take_every_census(dense({a, b}), dims({0, 1}));
      take_every_census(strided({a, b}, {1, a}), dims({1}));
    }
  }
}

TEST(CUDAReducePlan, every_element_once_of_channels) {
  take_every_census(dense({5, 3, 7, 9}), dims({0, 2, 3}));
  take_every_census(dense({4, 3, 16, 16}), dims({0, 2, 3}));
  take_every_census(strided({4, 3, 16, 16}, {768, 1, 48, 3}), dims({0, 2, 3}));
}

TEST(CUDAReducePlan, every_element_once_for_random_shapes) {
  std::mt19937 random(0);
  for (int round = 0; round < 300; ++round) {
    const size_t n = 1 + random() % 5;
    std::vector<int64_t> sizes, order;
    int64_t numel = 1;
    for (size_t d = 0; d < n; ++d) {
      const int64_t room = std::max<int64_t>(1, 20000 / numel);
      const int64_t size =
          1 + static_cast<int64_t>(random()) % std::min<int64_t>(room, 200);
      sizes.push_back(size);
      order.push_back(static_cast<int64_t>(d));
      numel *= size;
    }
    // Memory order, gaps between elements and broadcast dimensions at random.
    std::shuffle(order.begin(), order.end(), random);
    std::vector<int64_t> strides(n);
    int64_t step = 1 + random() % 4 / 3;
    DimMask mask;
    for (int64_t d : order) {
      strides[static_cast<size_t>(d)] = random() % 10 == 0 ? 0 : step;
      step = step * sizes[static_cast<size_t>(d)] + random() % 5 / 4;
      mask[static_cast<size_t>(d)] = random() % 2 == 0;
    }
    const Tensor t = strided(sizes, strides);
    take_census<4>(t, mask, round % 2 ? kSmall : kLarge, round % 4);
    take_census<8>(t, mask, round % 2 ? kLarge : kSmall, round % 8);
    if (HasFatalFailure()) {
      FAIL() << "round " << round;
    }
  }
}

TEST(CUDAReducePlan, a_single_output_fills_the_device) {
  const Tensor t = dense({1 << 22});
  const auto plan = plan_reduce(make_reduce_plan(t, dims({0})), 4, kLarge);
  EXPECT_EQ(plan.width, 4);
  EXPECT_EQ(plan.threads(), 256);
  EXPECT_GT(plan.splits, 132);
}

TEST(CUDAReducePlan, many_outputs_are_not_split) {
  const Tensor rows = dense({1 << 14, 256});
  EXPECT_EQ(
      plan_reduce(make_reduce_plan(rows, dims({1})), 4, kLarge).splits, 1);
  EXPECT_TRUE(
      plan_reduce(make_reduce_plan(rows, dims({0})), 4, kLarge).downwards);
}

TEST(CUDAReducePlan, more_than_31_bits_of_elements) {
  // Sizes alone: nothing of this size is allocated.
  ReducePlan plan;
  plan.reduced_sizes = {1 << 17, 1 << 16};
  plan.reduced_strides = {1 << 17, 1};
  plan.count = int64_t{1} << 33;
  const auto launch = plan_reduce(plan, 4, kLarge);
  EXPECT_EQ(launch.width, 4);
  EXPECT_EQ(launch.slots_per_row, (1 << 14) + 1);
  EXPECT_EQ(launch.last_slot(launch.splits - 1), launch.slots);
  EXPECT_GE(launch.chunk * launch.splits, launch.slots);
  const int64_t last = launch.slots - 1;
  EXPECT_EQ(launch.row_of(last), (1 << 17) - 1);
  EXPECT_EQ(
      launch.row_offset(launch.row_of(last)), ((int64_t{1} << 17) - 1) << 17);
  const auto by_element = plan_reduce(plan, 1, kLarge);
  EXPECT_FALSE(by_element.few_slots);
  EXPECT_EQ(by_element.row_of((int64_t{1} << 33) - 1), (1 << 17) - 1);
}

TEST(CUDAReducePlan, too_many_dimensions_are_refused) {
  ReducePlan plan;
  for (int64_t i = 0; i < 26; ++i) {
    plan.kept_sizes.push_back(2);
    plan.kept_strides.push_back(3 + i * i);
  }
  EXPECT_THROW(plan_reduce(plan, 4, kLarge), c10::Error);
}

// ------------------------------------------------------------- the formulas

using at::native::ExtremeBody;
using at::native::FormulaBody;

std::vector<float> random_floats(size_t n) {
  std::mt19937 random(7);
  std::vector<float> values(n);
  for (float& v : values) {
    v = static_cast<float>(random() % 1000) / 100 - 5;
  }
  return values;
}

TEST(CUDAReduceLane, sums_are_as_exact_as_on_the_cpu) {
  const Tensor t = dense({100, 4099});
  const auto plan = make_reduce_plan(t, dims({1}));
  const auto x = random_floats(409900);
  std::vector<float> out(100, -1);
  using Op = at::native::Sum<float>;
  run(FormulaBody<float, Op>(x.data(), Op{}, nullptr, out.data()),
      plan_reduce(plan, 4, kSmall));
  for (size_t r = 0; r < 100; ++r) {
    double sum = 0;
    for (size_t i = 0; i < 4099; ++i) {
      sum += static_cast<double>(x[r * 4099 + i]);
    }
    EXPECT_NEAR(out[r], sum, std::abs(sum) * 1e-6 + 1e-4);
  }
}

TEST(CUDAReduceLane, squares_are_shifted_per_output) {
  const Tensor t = dense({300, 3});
  const auto plan = make_reduce_plan(t, dims({0}));
  const auto x = random_floats(900);
  const std::vector<float> shift = {1, -2, 3};
  std::vector<float> out(3);
  using Op = at::native::SumSquares<float>;
  run(FormulaBody<float, Op>(x.data(), Op{}, shift.data(), out.data()),
      plan_reduce(plan, 4, kSmall));
  for (size_t c = 0; c < 3; ++c) {
    double sum = 0;
    for (size_t i = 0; i < 300; ++i) {
      const double d = x[i * 3 + c] - shift[c];
      sum += d * d;
    }
    EXPECT_NEAR(out[c], sum, sum * 1e-6);
  }
}

TEST(CUDAReduceLane, an_empty_sum_is_the_identity) {
  const Tensor t = dense({3, 0});
  std::vector<float> out(3, -1);
  using Op = at::native::Prod<float>;
  run(FormulaBody<float, Op>(nullptr, Op{}, nullptr, out.data()),
      plan_reduce(make_reduce_plan(t, dims({1})), 4, kSmall));
  EXPECT_EQ(out, std::vector<float>({1, 1, 1}));
}

// The extremes of x, seen as (rows, n), along dim, against a plain loop.
void check_extremes(
    const std::vector<float>& x,
    size_t n,
    int dim,
    bool largest = true) {
  const size_t rows = x.size() / n;
  const size_t outputs = dim == 0 ? n : rows;
  const size_t count = dim == 0 ? rows : n;
  const Tensor t = dense({static_cast<int64_t>(rows), static_cast<int64_t>(n)});
  const auto plan = make_reduce_plan(t, dims({dim}));
  std::vector<float> values(outputs);
  std::vector<int64_t> where(outputs);
  run(ExtremeBody<float>(x.data(), largest, values.data(), where.data()),
      plan_reduce(plan, 4, kLarge));
  for (size_t o = 0; o < outputs; ++o) {
    size_t best = 0;
    const auto at = [&](size_t i) {
      return dim == 0 ? x[i * n + o] : x[o * n + i];
    };
    for (size_t i = 1; i < count && !std::isnan(at(best)); ++i) {
      const bool better = largest ? at(i) > at(best) : at(i) < at(best);
      if (better || std::isnan(at(i))) {
        best = i;
      }
    }
    EXPECT_EQ(where[o], static_cast<int64_t>(best));
    const bool both_nan = std::isnan(values[o]) && std::isnan(at(best));
    EXPECT_TRUE(both_nan || values[o] == at(best));
  }
}

TEST(CUDAReduceLane, the_first_of_equal_extremes_is_taken) {
  auto x = random_floats(40000); // 1,000 distinct values: many ties
  check_extremes(x, 8, 0);
  check_extremes(x, 8000, 1);
  check_extremes(x, 40000, 1);
  check_extremes(x, 40000, 1, false);
}

TEST(CUDAReduceLane, the_first_nan_is_extreme) {
  auto x = random_floats(40000);
  const float nan = std::numeric_limits<float>::quiet_NaN();
  for (size_t i : {31000u, 77u, 20001u, 39999u}) {
    x[i] = nan;
  }
  check_extremes(x, 8, 0);
  check_extremes(x, 8000, 1, false);
  check_extremes(x, 40000, 1);
}

} // namespace
