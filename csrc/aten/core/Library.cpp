#include "aten/core/Library.h"

#include "c10/util/Exception.h"

namespace torch {
namespace {

using c10::FunctionSchema;
using c10::SchemaArgument;

std::string join(const std::vector<std::string>& parts) {
  std::string text;
  for (const std::string& part : parts) {
    text += (text.empty() ? "" : ", ") + part;
  }
  return text;
}

// int[2] is int[] here, and optional elements are elements.
std::string comparable(const c10::SchemaType& type) {
  std::string text = type.base;
  text += type.is_list ? "[]" : "";
  return text + (type.optional ? "?" : "");
}

// A Tensor? argument may be taken as a tensor that can be undefined.
bool fits(const c10::SchemaType& declared, const std::string& inferred) {
  const std::string text = comparable(declared);
  return text == inferred || (text == "Tensor?" && inferred == "Tensor") ||
      (text == "Generator" && inferred == "Generator?");
}

std::string mismatch(
    const char* what,
    const std::vector<SchemaArgument>& declared,
    const std::vector<std::string>& inferred) {
  if (declared.size() != inferred.size()) {
    return c10::str(
        "The number of ",
        what,
        "s is different. ",
        declared.size(),
        " vs ",
        inferred.size(),
        ".");
  }
  for (size_t i = 0; i < declared.size(); ++i) {
    if (!fits(declared[i].type, inferred[i])) {
      return c10::str(
          "Type mismatch in ",
          what,
          " ",
          i + 1,
          ": ",
          comparable(declared[i].type),
          " vs ",
          inferred[i]);
    }
  }
  return "";
}

void check_types(
    const FunctionSchema& schema,
    const detail::KernelTypes& types,
    const std::string& where) {
  std::string reason = mismatch("argument", schema.arguments, types.arguments);
  // A kernel may return nothing where the schema returns what was written.
  if (reason.empty() && !types.returns.empty()) {
    reason = mismatch("return", schema.returns, types.returns);
  }
  TORCH_CHECK(
      reason.empty(),
      "Inferred operator schema for a C++ kernel function doesn't match the "
      "expected function schema.\n  operator: ",
      schema.name,
      schema.overload.empty() ? "" : ".",
      schema.overload,
      "\n  expected schema: ",
      schema.text,
      "\n  inferred schema: (",
      join(types.arguments),
      ") -> (",
      join(types.returns),
      ")\n    registered at ",
      where,
      "\n  reason: ",
      reason);
}

std::string inferred_schema(
    const std::string& name,
    const detail::KernelTypes& types) {
  std::vector<std::string> arguments;
  for (size_t i = 0; i < types.arguments.size(); ++i) {
    arguments.push_back(c10::str(types.arguments[i], " _", i));
  }
  return c10::str(
      name, "(", join(arguments), ") -> (", join(types.returns), ")");
}

} // namespace

Library::Library(
    Kind kind,
    std::string space,
    std::string key,
    const char* file,
    int line)
    : kind_(kind),
      space_(std::move(space)),
      key_(std::move(key)),
      where_(c10::str("registered at ", file, ":", line)) {
  if (kind_ == DEF) {
    c10::claim_namespace(space_, where_);
  }
}

std::string Library::qualified(const std::string& name) const {
  const size_t space = name.find("::");
  if (space == std::string::npos) {
    return space_ + "::" + name;
  }
  TORCH_CHECK(
      name.substr(0, space) == space_,
      "Explicitly provided namespace (",
      name.substr(0, space),
      ") in schema string does not match namespace of enclosing block (",
      space_,
      ").  Move this definition to the (unique) TORCH_LIBRARY block "
      "corresponding to this namespace.");
  return name;
}

Library& Library::def(const std::string& schema) {
  TORCH_CHECK(
      kind_ != IMPL,
      "def(): a TORCH_LIBRARY_IMPL block gives kernels; define operators in "
      "a TORCH_LIBRARY block (",
      where_,
      ")");
  c10::define_operator(qualified(schema), where_);
  return *this;
}

Library& Library::def(const std::string& schema_or_name, CppFunction function) {
  const bool is_schema = schema_or_name.find('(') != std::string::npos;
  TORCH_CHECK(
      is_schema || function.signature_,
      "def(): a boxed function needs a full schema, not only the name ",
      schema_or_name);
  const std::string schema = is_schema
      ? schema_or_name
      : inferred_schema(schema_or_name, function.types_);
  def(schema);
  const size_t end = schema.find('(');
  return impl(schema.substr(0, end), std::move(function));
}

Library& Library::impl(const std::string& name, CppFunction function) {
  const std::string full = qualified(name);
  const std::string& key = function.key_.empty() ? key_ : function.key_;
  for (c10::DispatchKey slot : c10::slots_of_key(key)) {
    c10::with_operator(full, [=](c10::Operator& op) {
      const bool typed = function.signature_ != nullptr;
      if (typed) {
        check_types(schema_of(op), function.types_, where_);
      }
      if (typed && op.info->signature &&
          *op.info->signature == *function.signature_) {
        c10::set_typed_kernel(op, slot, function.function_);
      } else {
        c10::set_boxed_kernel(op, slot, function.boxed_);
      }
    });
  }
  return *this;
}

Library& Library::fallback(CppFunction function) {
  for (c10::DispatchKey slot : c10::slots_of_key(key_)) {
    c10::set_fallback(slot, function.boxed_);
  }
  return *this;
}

} // namespace torch
