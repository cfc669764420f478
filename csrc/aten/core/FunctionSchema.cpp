#include "aten/core/FunctionSchema.h"

#include <algorithm>
#include <cctype>
#include <cstdlib>
#include <cstring>
#include <iterator>
#include <limits>

#include "c10/util/Exception.h"

namespace c10 {
namespace {

// A cursor over the text; every complaint shows it.
class Parser {
 public:
  explicit Parser(const std::string& text) : text_(text) {}

  FunctionSchema parse() {
    FunctionSchema schema;
    schema.name = word();
    if (accept("::")) {
      shown_ = at_;
      schema.name += "::" + word();
    }
    if (accept(".")) {
      schema.overload = word();
    }
    expect("(");
    bool kwarg_only = false;
    while (!accept(")")) {
      if (accept("*")) {
        kwarg_only = true;
      } else {
        schema.arguments.push_back(argument(kwarg_only));
      }
      accept(",");
    }
    expect("->");
    if (accept("(")) {
      while (!accept(")")) {
        schema.returns.push_back(one_return());
        accept(",");
      }
    } else {
      schema.returns.push_back(one_return());
    }
    skip();
    check(at_ == text_.size(), "unexpected text at the end");
    schema.text = text_;
    return schema;
  }

 private:
  void skip() {
    while (at_ < text_.size() && std::isspace(text_[at_])) {
      ++at_;
    }
  }
  bool accept(const char* token) {
    skip();
    const size_t n = std::strlen(token);
    if (text_.compare(at_, n, token) != 0) {
      return false;
    }
    at_ += n;
    return true;
  }
  void expect(const char* token) { check(accept(token), token); }
  void check(bool ok, const char* wanted) const {
    TORCH_CHECK(
        ok,
        "expected ",
        wanted,
        " in the schema:\n",
        text_.substr(shown_),
        "\n",
        std::string(at_ - shown_, ' '),
        "~ <--- HERE");
  }
  bool is_word(char c) const {
    return std::isalnum(static_cast<unsigned char>(c)) || c == '_';
  }
  std::string word() {
    skip();
    const size_t start = at_;
    while (at_ < text_.size() && is_word(text_[at_])) {
      ++at_;
    }
    check(at_ > start, "a name");
    return text_.substr(start, at_ - start);
  }

  void check_base(const std::string& base) const {
    static constexpr const char* kBases[] = {
        "Tensor", "Scalar", "int", "float", "bool", "str", "ScalarType",
        "Layout", "Device", "MemoryFormat", "Generator"};
    const bool known =
        std::find(std::begin(kBases), std::end(kBases), base) !=
        std::end(kBases);
    TORCH_CHECK(
        known,
        "\nunknown type specifier. Common valid schema types include Tensor, "
        "SymInt, int, float, bool, Scalar; for a full list, please see "
        "https://github.com/pytorch/pytorch/blob/main/aten/src/ATen/native/"
        "README.md#func :\n",
        text_.substr(shown_),
        "\n",
        std::string(at_ - base.size() - shown_, ' '),
        std::string(base.size(), '~'),
        " <--- HERE\n");
  }

  SchemaType type() {
    SchemaType t;
    t.base = word();
    if (t.base == "SymInt") {
      t.base = "int";
    }
    check_base(t.base);
    if (accept("(")) {
      const size_t end = text_.find(')', at_);
      check(end != std::string::npos, ")");
      t.alias = text_.substr(at_, end - at_);
      at_ = end + 1;
    }
    bool optional = accept("?");
    if (accept("[")) {
      t.is_list = true;
      t.element_optional = optional;
      if (!accept("]")) {
        t.size = std::strtoll(word().c_str(), nullptr, 10);
        expect("]");
      }
      // An alias may follow a list: Tensor[](a!).
      optional = accept("?");
    }
    t.optional = optional;
    return t;
  }

  SchemaArgument argument(bool kwarg_only) {
    SchemaArgument a;
    a.kwarg_only = kwarg_only;
    a.type = type();
    a.name = word();
    if (accept("=")) {
      a.default_value = default_value(a.type);
    }
    return a;
  }

  SchemaArgument one_return() {
    SchemaArgument r;
    r.type = type();
    skip();
    if (at_ < text_.size() && is_word(text_[at_])) {
      r.name = word();
    }
    return r;
  }

  IValue default_value(const SchemaType& type) {
    skip();
    if (accept("[")) {
      std::vector<IValue> items;
      while (!accept("]")) {
        items.push_back(literal(type.base));
        accept(",");
      }
      return list(type.base, items);
    }
    IValue value = literal(type.base);
    const bool fits = value.is_none() || FunctionSchema::convert(type, value);
    check(fits, "a default of the argument's type");
    return value;
  }

  static IValue list(const std::string& base, std::vector<IValue>& items) {
    if (base == "float") {
      std::vector<double> values;
      for (const IValue& v : items) {
        values.push_back(v.to_double());
      }
      return values;
    }
    if (base == "bool") {
      std::vector<bool> values;
      for (const IValue& v : items) {
        values.push_back(v.to_bool());
      }
      return values;
    }
    std::vector<int64_t> values;
    for (const IValue& v : items) {
      values.push_back(v.to_int());
    }
    return values;
  }

  IValue literal(const std::string& base) {
    skip();
    const char first = at_ < text_.size() ? text_[at_] : '\0';
    if (first == '"' || first == '\'') {
      const size_t end = text_.find(first, at_ + 1);
      check(end != std::string::npos, "a closing quote");
      std::string s = text_.substr(at_ + 1, end - at_ - 1);
      at_ = end + 1;
      return s;
    }
    if (first == '-' || std::isdigit(static_cast<unsigned char>(first))) {
      return number();
    }
    return named(word(), base);
  }

  IValue number() {
    const char* start = text_.c_str() + at_;
    char* end = nullptr;
    const double real = std::strtod(start, &end);
    const std::string digits(start, static_cast<const char*>(end));
    at_ += digits.size();
    if (digits.find_first_of(".en") != std::string::npos) {
      return real;
    }
    return static_cast<int64_t>(std::strtoll(start, nullptr, 10));
  }

  IValue named(const std::string& name, const std::string& base) {
    if (name == "None") {
      return IValue();
    }
    if (name == "True" || name == "False") {
      return name == "True";
    }
    if (name == "contiguous_format") {
      return MemoryFormat::Contiguous;
    }
    if (name == "preserve_format") {
      return MemoryFormat::Preserve;
    }
    if (name == "Mean") {
      return 1; // at::Reduction::Mean
    }
    if (name == "inf") {
      return std::numeric_limits<double>::infinity();
    }
    if (name == "strided") {
      return Layout::Strided;
    }
    if (base == "ScalarType" && (name == "long" || name == "float")) {
      return name == "long" ? ScalarType::Long : ScalarType::Float;
    }
    check(false, "a known default value");
    return IValue();
  }

  const std::string& text_;
  size_t at_ = 0;
  // Complaints leave the namespace out: callers do not write it.
  size_t shown_ = 0;
};

template <typename T>
void repeat_number(IValue& value, int64_t times, T number) {
  value = std::vector<T>(static_cast<size_t>(times), number);
}

// Lists that Python could not tell apart: [] and [1, 2] for float[].
bool convert_list(const SchemaType& type, IValue& value) {
  if (type.base == "Tensor") {
    const auto* ints = std::get_if<std::vector<int64_t>>(&value.value());
    if (ints && ints->empty()) {
      value = std::vector<at::Tensor>();
    }
    return value.is<std::vector<at::Tensor>>();
  }
  if (type.size > 0 && value.is<int64_t>() && type.base == "int") {
    repeat_number(value, type.size, value.to_int());
    return true;
  }
  if (type.size > 0 && value.is_number() && type.base == "float") {
    repeat_number(value, type.size, value.to_double());
    return true;
  }
  const auto* ints = std::get_if<std::vector<int64_t>>(&value.value());
  if (type.base == "float" && ints) {
    value = std::vector<double>(ints->begin(), ints->end());
  } else if (type.base == "bool" && ints && ints->empty()) {
    value = std::vector<bool>();
  } else if (type.base == "Scalar") {
    std::vector<Scalar> scalars;
    if (ints) {
      scalars.assign(ints->begin(), ints->end());
      value = scalars;
    } else if (value.is<std::vector<double>>()) {
      const auto& doubles = value.get<std::vector<double>>();
      scalars.assign(doubles.begin(), doubles.end());
      value = scalars;
    }
  }
  return (type.base == "int" && value.is<std::vector<int64_t>>()) ||
      (type.base == "float" && value.is<std::vector<double>>()) ||
      (type.base == "bool" && value.is<std::vector<bool>>()) ||
      (type.base == "Scalar" && value.is<std::vector<Scalar>>());
}

} // namespace

FunctionSchema FunctionSchema::parse(std::string text) {
  return Parser(text).parse();
}

std::string SchemaType::python_name() const {
  std::string name = base == "Scalar" ? "number" : base;
  if (element_optional) {
    name = "Optional[" + name + "]";
  }
  if (is_list) {
    name = "List[" + name + "]";
  }
  return optional ? "Optional[" + name + "]" : name;
}

bool FunctionSchema::convert(const SchemaType& type, IValue& value) {
  if (value.is_none()) {
    return type.optional;
  }
  if (value.is<intrusive_ptr<OpaqueObject>>()) {
    return false;
  }
  if (type.is_list) {
    return convert_list(type, value);
  }
  const std::string& base = type.base;
  if (base == "float" && (value.is<int64_t>() || value.is<bool>())) {
    value = value.to_double();
  } else if (base == "int" && value.is<bool>()) {
    value = value.to_int();
  } else if (base == "ScalarType" && value.is<int64_t>()) {
    value = value.to_scalar_type();
  } else if (base == "Device" && value.is<std::string>()) {
    value = Device(value.get<std::string>());
  }
  return (base == "Tensor" && value.is_tensor()) ||
      (base == "Scalar" && value.is_number()) ||
      (base == "int" && value.is<int64_t>()) ||
      (base == "float" && value.is<double>()) ||
      (base == "bool" && value.is<bool>()) ||
      (base == "str" && value.is<std::string>()) ||
      (base == "ScalarType" && value.is<ScalarType>()) ||
      (base == "Layout" && value.is<Layout>()) ||
      (base == "Device" && value.is<Device>()) ||
      (base == "MemoryFormat" && value.is<MemoryFormat>()) ||
      (base == "Generator" && value.is<Generator>());
}

void FunctionSchema::complete(Stack& stack, Keywords keywords) const {
  const size_t total = stack.size() + keywords.size();
  TORCH_CHECK(
      total <= arguments.size(),
      name,
      "() expected at most ",
      arguments.size(),
      " argument(s) but received ",
      total,
      " argument(s). Declaration: ",
      text);
  size_t positional = 0;
  for (const SchemaArgument& a : arguments) {
    positional += !a.kwarg_only;
  }
  TORCH_CHECK(
      stack.size() <= positional,
      name,
      "() takes ",
      positional,
      " positional argument(s) but ",
      stack.size(),
      " was/were given.  Declaration: ",
      text);
  for (size_t i = 0; i < arguments.size(); ++i) {
    const SchemaArgument& a = arguments[i];
    const auto given = keywords.find(a.name);
    if (i < stack.size()) {
      TORCH_CHECK(
          given == keywords.end(),
          "Argument '",
          a.name,
          "' specified both as positional and keyword argument. Schema: ",
          text);
    } else if (given != keywords.end()) {
      stack.push_back(std::move(given->second));
      keywords.erase(given);
    } else {
      TORCH_CHECK(
          a.default_value,
          name,
          "() is missing value for argument '",
          a.name,
          "'. Declaration: ",
          text);
      stack.push_back(*a.default_value);
      continue;
    }
    TORCH_CHECK(
        convert(a.type, stack[i]),
        name,
        "() Expected a value of type '",
        a.type.python_name(),
        "' for argument '",
        a.name,
        "' but instead found type '",
        stack[i].type_name(),
        "'.\nPosition: ",
        i,
        "\nDeclaration: ",
        text);
  }
  TORCH_CHECK(
      keywords.empty(),
      "Unknown keyword argument '",
      keywords.empty() ? std::string() : keywords.begin()->first,
      "' for operator '",
      name,
      "'. Schema: ",
      text);
}

} // namespace c10
