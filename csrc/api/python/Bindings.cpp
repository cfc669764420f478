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

PyMethodDef* functions_of(const char* owner) {
  // Method tables live as long as the module; a deque never moves them.
  static std::deque<std::vector<PyMethodDef>> tables;
  std::vector<PyMethodDef>& table = tables.emplace_back();
  for (const MethodList& list : lists()) {
    if (std::strcmp(list.owner, owner) == 0) {
      table.insert(table.end(), list.methods, list.methods + list.count);
    }
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
