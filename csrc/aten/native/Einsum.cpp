// einsum: every operand is brought to one common order of subscripts (size
// one where it lacks one), then operands are joined pair by pair through bmm,
// summing a subscript as soon as no later operand and no output needs it.
#include <array>
#include <bitset>
#include <vector>

#include "aten/core/Tensor.h"
#include "generated/native/LinearAlgebra.h"
#include "generated/ops/BinaryOps.h"
#include "generated/ops/LinearAlgebra.h"
#include "generated/ops/ReduceOps.h"
#include "generated/ops/Slicing.h"
#include "generated/ops/TensorShape.h"

namespace at::native {
namespace {

constexpr int kLetters = 52;
constexpr int kEllipsis = kLetters;
// Subscripts of one operand: letters as 0..51, an ellipsis as 52.
using Subscripts = std::vector<int>;

int letter_index(char c) {
  return c >= 'A' && c <= 'Z' ? c - 'A'
      : c >= 'a' && c <= 'z'  ? c - 'a' + 26
                              : -1;
}
char letter_of(int index) {
  return static_cast<char>(index < 26 ? 'A' + index : 'a' + index - 26);
}

// ------------------------------------------------------------------ parsing

struct Equation {
  std::vector<Subscripts> operands;
  Subscripts output;
  bool has_output = false;
};

// Reads "..." at text[i], leaving i on the last dot.
void read_ellipsis(
    std::string_view text,
    size_t& i,
    bool already,
    const std::string& where,
    const char* already_text,
    const char* suffix = "") {
  TORCH_CHECK(!already, "einsum(): found '.' for ", where, already_text);
  TORCH_CHECK(
      text.substr(i, 3) == "...",
      "einsum(): found '.' for ",
      where,
      " that is not part of any ellipsis",
      suffix);
  i += 2;
}

bool contains(const Subscripts& list, int subscript) {
  for (int s : list) {
    if (s == subscript) {
      return true;
    }
  }
  return false;
}

// The output starts at equation[begin].
void read_output(std::string_view text, size_t begin, Equation& result) {
  for (size_t i = begin; i < text.size(); ++i) {
    if (text[i] == ' ') {
      continue;
    }
    if (text[i] == '.') {
      read_ellipsis(
          text,
          i,
          contains(result.output, kEllipsis),
          "output",
          " but an ellipsis (...) was already found",
          " (...)");
      result.output.push_back(kEllipsis);
      continue;
    }
    const int index = letter_index(text[i]);
    TORCH_CHECK(
        index >= 0,
        "einsum(): invalid subscript given at index ",
        i,
        " in the equation string, subscripts must be in [a-zA-Z]");
    TORCH_CHECK(
        !contains(result.output, index),
        "einsum(): output subscript ",
        text[i],
        " appears more than once in the output");
    result.output.push_back(index);
  }
}

Equation parse(std::string_view equation, size_t operands) {
  Equation result;
  const size_t arrow = equation.find("->");
  const std::string_view left = equation.substr(0, arrow);
  result.operands.emplace_back();
  for (size_t i = 0; i < left.size(); ++i) {
    const char c = left[i];
    Subscripts& current = result.operands.back();
    if (c == ' ') {
      continue;
    }
    if (c == ',') {
      result.operands.emplace_back();
      TORCH_CHECK(
          result.operands.size() <= operands,
          "einsum(): fewer operands were provided than specified in the "
          "equation");
    } else if (c == '.') {
      read_ellipsis(
          left,
          i,
          contains(current, kEllipsis),
          c10::str("operand ", result.operands.size() - 1),
          " for which an ellipsis was already found");
      current.push_back(kEllipsis);
    } else {
      const int index = letter_index(c);
      TORCH_CHECK(
          index >= 0,
          "einsum(): invalid subscript given at index ",
          i,
          " in the equation string, subscripts must be in [a-zA-Z]");
      current.push_back(index);
    }
  }
  TORCH_CHECK(
      result.operands.size() >= operands,
      "einsum(): more operands were provided than specified in the equation");
  if (arrow != std::string_view::npos) {
    result.has_output = true;
    read_output(equation, arrow + 2, result);
  }
  return result;
}

// ------------------------------------------------------------------- layout

// Where each subscript goes in the common order: the output's first, then
// those that will be summed.
struct Layout {
  std::array<int, kLetters> place;
  std::array<int, kLetters> count{}; // uses over all operands
  int ellipsis_place = 0;
  int64_t ellipsis_dims = 0;
  int64_t output_dims = 0;
  int64_t dims = 0;
};

void count_subscripts(
    const Equation& equation,
    TensorList tensors,
    Layout& layout) {
  for (size_t i = 0; i < tensors.size(); ++i) {
    const Subscripts& subs = equation.operands[i];
    const int64_t letters = static_cast<int64_t>(subs.size()) -
        (contains(subs, kEllipsis) ? 1 : 0);
    const int64_t dim = tensors[i].dim();
    if (contains(subs, kEllipsis)) {
      TORCH_CHECK(
          letters <= dim,
          "einsum(): the number of subscripts in the equation (",
          letters,
          ") is more than the number of dimensions (",
          dim,
          ") for operand ",
          i);
      layout.ellipsis_dims = std::max(layout.ellipsis_dims, dim - letters);
    } else {
      TORCH_CHECK(
          letters == dim,
          "einsum(): the number of subscripts in the equation (",
          letters,
          ") does not match the number of dimensions (",
          dim,
          ") for operand ",
          i,
          " and no ellipsis was given");
    }
    for (int s : subs) {
      if (s != kEllipsis) {
        ++layout.count[static_cast<size_t>(s)];
      }
    }
  }
}

Layout make_layout(const Equation& equation, TensorList tensors) {
  Layout layout;
  layout.place.fill(-1);
  count_subscripts(equation, tensors, layout);
  int64_t next = 0;
  bool ellipsis_placed = false;
  const auto place_ellipsis = [&] {
    layout.ellipsis_place = static_cast<int>(next);
    next += layout.ellipsis_dims;
    ellipsis_placed = true;
  };
  const auto place_letter = [&](int s) {
    layout.place[static_cast<size_t>(s)] = static_cast<int>(next++);
  };
  if (equation.has_output) {
    for (int s : equation.output) {
      if (s == kEllipsis) {
        place_ellipsis();
        continue;
      }
      TORCH_CHECK(
          layout.count[static_cast<size_t>(s)] > 0,
          "einsum(): output subscript ",
          letter_of(s),
          " does not appear in the equation for any input operand");
      place_letter(s);
    }
  } else {
    // Implicit output: the ellipsis, then letters that appear once, sorted.
    place_ellipsis();
    for (int s = 0; s < kLetters; ++s) {
      if (layout.count[static_cast<size_t>(s)] == 1) {
        place_letter(s);
      }
    }
  }
  layout.output_dims = next;
  if (!ellipsis_placed) {
    place_ellipsis();
  }
  for (int s = 0; s < kLetters; ++s) {
    if (layout.count[static_cast<size_t>(s)] > 0 &&
        layout.place[static_cast<size_t>(s)] < 0) {
      place_letter(s);
    }
  }
  layout.dims = next;
  return layout;
}

// One operand in the common order; a repeated subscript takes the diagonal.
Tensor arrange(
    const Tensor& tensor,
    const Subscripts& subs,
    const Layout& layout,
    size_t operand) {
  const int64_t letters = static_cast<int64_t>(subs.size()) -
      (contains(subs, kEllipsis) ? 1 : 0);
  const int64_t covered = tensor.dim() - letters; // by the ellipsis
  Tensor t = tensor;
  std::vector<int64_t> source(static_cast<size_t>(layout.dims), -1);
  int64_t dim = 0;
  for (int s : subs) {
    if (s == kEllipsis) {
      // Aligned with the end of the longest ellipsis.
      const int64_t skipped = layout.ellipsis_dims - covered;
      for (int64_t d = 0; d < covered; ++d) {
        source[static_cast<size_t>(layout.ellipsis_place + skipped + d)] =
            dim++;
      }
      continue;
    }
    int64_t& at = source[static_cast<size_t>(
        layout.place[static_cast<size_t>(s)])];
    if (at < 0) {
      at = dim++;
      continue;
    }
    TORCH_CHECK(
        t.sizes()[static_cast<size_t>(at)] ==
            t.sizes()[static_cast<size_t>(dim)],
        "einsum(): subscript ",
        letter_of(s),
        " is repeated for operand ",
        operand,
        " but the sizes don't match, ",
        t.sizes()[static_cast<size_t>(dim)],
        " != ",
        t.sizes()[static_cast<size_t>(at)]);
    t = t.diagonal(0, at, dim).movedim(-1, at);
  }
  DimVector order;
  for (int64_t& at : source) {
    if (at < 0) {
      t = t.unsqueeze(-1);
      at = t.dim() - 1;
    }
    order.push_back(at);
  }
  return t.permute(order);
}

void check_sizes(const std::vector<Tensor>& operands, const Layout& layout) {
  std::vector<int64_t> seen(static_cast<size_t>(layout.dims), 1);
  for (size_t i = 0; i < operands.size(); ++i) {
    for (size_t d = 0; d < seen.size(); ++d) {
      const int64_t size = operands[i].sizes()[d];
      if (size == 1) {
        continue;
      }
      std::string name = "dimension";
      for (int s = 0; s < kLetters; ++s) {
        if (layout.place[static_cast<size_t>(s)] == static_cast<int>(d)) {
          name = c10::str("subscript ", letter_of(s));
        }
      }
      TORCH_CHECK(
          seen[d] == 1 || seen[d] == size,
          "einsum(): ",
          name,
          " has size ",
          size,
          " for operand ",
          i,
          " which does not broadcast with previously seen size ",
          seen[d]);
      seen[d] = size;
    }
  }
}

// ---------------------------------------------------------------- arithmetic

int64_t product_of(const Tensor& t, const DimVector& dims) {
  int64_t product = 1;
  for (int64_t d : dims) {
    product *= t.sizes()[static_cast<size_t>(d)];
  }
  return product;
}

// left * right summed over `summed`, all dimensions kept, through bmm:
// (both, left only, summed) times (both, summed, right only).
Tensor multiply_pair(Tensor left, Tensor right, const DimVector& summed) {
  const int64_t dims = left.dim();
  std::vector<bool> is_summed(static_cast<size_t>(dims), false);
  for (int64_t d : summed) {
    is_summed[static_cast<size_t>(d)] = true;
  }
  DimVector both, left_only, right_only, contracted;
  for (int64_t d = 0; d < dims; ++d) {
    const size_t u = static_cast<size_t>(d);
    const bool in_left = left.sizes()[u] != 1;
    const bool in_right = right.sizes()[u] != 1;
    if (!is_summed[u]) {
      (in_left && in_right ? both : in_left ? left_only : right_only)
          .push_back(d);
    } else if (in_left && in_right) {
      contracted.push_back(d);
    } else {
      if (in_left) {
        left = left.sum(DimVector{d}, true);
      } else if (in_right) {
        right = right.sum(DimVector{d}, true);
      }
      right_only.push_back(d); // of size one now
    }
  }
  const auto join = [](std::initializer_list<const DimVector*> parts) {
    DimVector all;
    for (const DimVector* part : parts) {
      all.append(part->begin(), part->end());
    }
    return all;
  };
  const DimVector left_order =
      join({&both, &left_only, &contracted, &right_only});
  const DimVector right_order =
      join({&both, &contracted, &right_only, &left_only});
  const int64_t batch = product_of(left, both);
  const int64_t inner = product_of(left, contracted);
  const Tensor product = at::bmm(
      left.permute(left_order)
          .reshape({batch, product_of(left, left_only), inner}),
      right.permute(right_order)
          .reshape({batch, inner, product_of(right, right_only)}));
  // Back to all dimensions in their order.
  const DimVector order = join({&both, &left_only, &contracted, &right_only});
  DimVector shape, inverse(static_cast<size_t>(dims), 0);
  for (size_t i = 0; i < order.size(); ++i) {
    const size_t d = static_cast<size_t>(order[i]);
    inverse[d] = static_cast<int64_t>(i);
    shape.push_back(
        is_summed[d] ? 1 : std::max(left.sizes()[d], right.sizes()[d]));
    if (left.sizes()[d] == 0 || right.sizes()[d] == 0) {
      shape.back() = is_summed[d] ? 1 : 0;
    }
  }
  return product.reshape(shape).permute(inverse);
}

// The dimensions beyond the output's that no operand after i has.
DimVector finished_dims(
    const std::vector<Tensor>& operands,
    size_t i,
    const Layout& layout) {
  DimVector dims;
  for (int64_t d = layout.output_dims; d < layout.dims; ++d) {
    bool later = false;
    for (size_t j = i + 1; j < operands.size(); ++j) {
      later = later || operands[j].sizes()[static_cast<size_t>(d)] != 1;
    }
    if (!later) {
      dims.push_back(d);
    }
  }
  return dims;
}

} // namespace

Tensor einsum(
    std::string_view equation,
    TensorList tensors,
    OptionalIntArrayRef) {
  TORCH_CHECK(
      !tensors.empty(), "einsum(): must provide at least one operand");
  const Equation parsed = parse(equation, tensors.size());
  const Layout layout = make_layout(parsed, tensors);
  std::vector<Tensor> operands;
  for (size_t i = 0; i < tensors.size(); ++i) {
    operands.push_back(arrange(tensors[i], parsed.operands[i], layout, i));
  }
  check_sizes(operands, layout);
  Tensor result = operands[0];
  if (operands.size() == 1) {
    const DimVector dims = finished_dims(operands, 0, layout);
    if (!dims.empty()) {
      return result.sum(dims);
    }
    return result;
  }
  for (size_t i = 1; i < operands.size(); ++i) {
    result = multiply_pair(
        result, operands[i], finished_dims(operands, i, layout));
  }
  DimVector shape(
      result.sizes().slice(0, static_cast<size_t>(layout.output_dims)));
  return result.reshape(shape);
}

Tensor tensordot(
    const Tensor& self,
    const Tensor& other,
    IntArrayRef dims_self,
    IntArrayRef dims_other) {
  TORCH_CHECK(
      dims_self.size() == dims_other.size(),
      "both dimension lists should have same length");
  TORCH_CHECK(
      self.scalar_type() == other.scalar_type(),
      "both inputs should have same dtype");
  Tensor a = self;
  Tensor b = other;
  std::bitset<64> of_self, of_other;
  DimVector contracted_self, contracted_other;
  for (size_t i = 0; i < dims_self.size(); ++i) {
    const int64_t d = maybe_wrap_dim(dims_self[i], self.dim());
    const int64_t e = maybe_wrap_dim(dims_other[i], other.dim());
    const int64_t n = a.sizes()[static_cast<size_t>(d)];
    const int64_t m = b.sizes()[static_cast<size_t>(e)];
    // A dimension of size one broadcasts: the other side is summed first.
    if (m == 1) {
      a = a.sum(DimVector{d}, true);
    } else if (n == 1) {
      b = b.sum(DimVector{e}, true);
    } else {
      TORCH_CHECK(
          n == m,
          "contracted dimensions need to match, but first has size ",
          n,
          " in dim ",
          dims_self[i],
          " and second has size ",
          m,
          " in dim ",
          dims_other[i]);
    }
    of_self[static_cast<size_t>(d)] = true;
    of_other[static_cast<size_t>(e)] = true;
    contracted_self.push_back(d);
    contracted_other.push_back(e);
  }
  DimVector order_a, order_b(contracted_other), shape;
  int64_t rows = 1, columns = 1;
  for (int64_t d = 0; d < a.dim(); ++d) {
    if (!of_self[static_cast<size_t>(d)]) {
      order_a.push_back(d);
      shape.push_back(a.sizes()[static_cast<size_t>(d)]);
      rows *= shape.back();
    }
  }
  order_a.append(contracted_self.begin(), contracted_self.end());
  for (int64_t d = 0; d < b.dim(); ++d) {
    if (!of_other[static_cast<size_t>(d)]) {
      order_b.push_back(d);
      shape.push_back(b.sizes()[static_cast<size_t>(d)]);
      columns *= shape.back();
    }
  }
  const int64_t inner = product_of(a, contracted_self);
  return at::mm(
             a.permute(order_a).reshape({rows, inner}),
             b.permute(order_b).reshape({inner, columns}))
      .reshape(shape);
}

} // namespace at::native
