#include "api/python/Bindings.h"

#include <algorithm>
#include <cstring>
#include <deque>

#include "api/python/Exceptions.h"

namespace torch::python {

SlotFunctions slot_functions[static_cast<size_t>(Slot::Count)];

namespace {

// Function-local, so that it exists before the first static TopicBindings.
std::vector<MethodList>& lists() {
  static std::vector<MethodList> all;
  return all;
}

} // namespace

TopicBindings::TopicBindings(const MethodList& list) {
  lists().push_back(list);
}

void TopicBindings::add_slot(const SlotEntry& entry) {
  SlotFunctions& functions = slot_functions[static_cast<size_t>(entry.slot)];
  switch (entry.kind) {
    case SlotKind::Forward:
      functions.forward = entry.binary;
      break;
    case SlotKind::Reflected:
      functions.reflected = entry.binary;
      break;
    case SlotKind::Inplace:
      functions.inplace = entry.binary;
      break;
    case SlotKind::Unary:
      functions.unary = entry.unary;
      break;
  }
}

const char* docstring_of(const char* owner, const char* name) {
  // torch shows functions of torch._C as its own.
  const char* shown = std::strcmp(owner, "torch._C") == 0 ? "torch" : owner;
  const Docstrings all = all_docstrings();
  const auto before = [&](const Docstring& d, const char* wanted) {
    const int order = std::strcmp(d.owner, shown);
    return order < 0 || (order == 0 && std::strcmp(d.name, wanted) < 0);
  };
  const Docstring* found =
      std::lower_bound(all.begin, all.end, name, before);
  const bool same = found != all.end && std::strcmp(found->name, name) == 0 &&
      std::strcmp(found->owner, shown) == 0;
  return same ? found->text : nullptr;
}

PyMethodDef* functions_of(const char* owner) {
  // Method tables live as long as the module; a deque never moves them.
  static std::deque<std::vector<PyMethodDef>> tables;
  std::vector<PyMethodDef>& table = tables.emplace_back();
  for (const MethodList& list : lists()) {
    if (std::strcmp(list.owner, owner) == 0) {
      table.insert(table.end(), list.methods, list.methods + list.count);
    }
  }
  for (PyMethodDef& function : table) {
    function.ml_doc = docstring_of(owner, function.ml_name);
  }
  table.push_back({nullptr, nullptr, 0, nullptr});
  return table.data();
}

PyMethodDef* tensor_methods() { return functions_of("Tensor"); }

void publish_return_type(const char* name, PyTypeObject* type) {
  PyRef module = checked(PyImport_AddModule("torch._C._return_types")
                             ? new_ref(PyImport_AddModule(
                                   "torch._C._return_types"))
                             : nullptr);
  check_status(PyObject_SetAttrString(
      module.get(), name, reinterpret_cast<PyObject*>(type)));
}

} // namespace torch::python
