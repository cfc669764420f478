// FunctionSchema: an operator's name, arguments with defaults, and returns,
// parsed from the text that identifies it. Made on first look.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "aten/core/IValue.h"

namespace c10 {

// The same shape as tools/codegen/model.py's Type.
struct SchemaType {
  std::string base; // "Tensor", "int", ...
  bool is_list = false;
  int64_t size = -1; // the 2 of int[2]
  bool optional = false;
  bool element_optional = false;
  std::string alias; // "a", "a!"

  bool writes() const { return !alias.empty() && alias.back() == '!'; }
  // "Optional[List[int]]": as error texts name it.
  std::string python_name() const;
};

struct SchemaArgument {
  std::string name;
  SchemaType type;
  std::optional<IValue> default_value;
  bool kwarg_only = false;
};

struct C10_API FunctionSchema {
  std::string name; // "aten::add"
  std::string overload; // "Tensor", may be empty
  std::vector<SchemaArgument> arguments;
  std::vector<SchemaArgument> returns; // names may be empty
  std::string text; // "aten::add.Tensor(Tensor self, ...) -> Tensor"

  // "aten::add.Tensor(Tensor self) -> Tensor"; RuntimeError for bad grammar.
  static FunctionSchema parse(std::string text);

  using Keywords = std::map<std::string, IValue>;
  // Completes positional arguments by keywords and defaults, and converts
  // (an int for a float, one int for an int[2]). RuntimeError with PyTorch's
  // text for what does not fit; the stack is then unspecified.
  void complete(Stack& stack, Keywords keywords) const;
  // Whether `value` may be passed for `type`; converts it where needed.
  static bool convert(const SchemaType& type, IValue& value);
};

} // namespace c10
