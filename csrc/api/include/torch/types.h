// Namespace torch: the names of at and the names of dtypes.
#pragma once

#include <ATen/ATen.h>

namespace torch {
using namespace at;
constexpr auto kFloat32 = at::kFloat;
constexpr auto kFloat64 = at::kDouble;
constexpr auto kInt32 = at::kInt;
constexpr auto kInt64 = at::kLong;
} // namespace torch
