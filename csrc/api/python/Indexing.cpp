// x[index] and x[index] = value. An index is read into a list of Items; the
// basic ones (int, slice, None, ...) become one view, those with tensors then
// go to at::index and at::index_put_.
#include <optional>

#include "api/python/ArgParser.h"
#include "api/python/Bindings.h"
#include "api/python/Exceptions.h"
#include "api/python/GeneratedSupport.h"
#include "api/python/Numpy.h"
#include "api/python/TensorNew.h"
#include "api/python/TypeNames.h"
#include "aten/native/View.h"
#include "generated/ops/Copy.h"
#include "generated/ops/Fill.h"
#include "generated/ops/Indexing.h"
#include "generated/ops/Joining.h"
#include "generated/ops/Slicing.h"
#include "generated/ops/TensorFactories.h"
#include "generated/ops/TensorShape.h"

namespace torch::python {
namespace {

using at::Tensor;

struct Item {
  enum Kind : uint8_t { Int, Slice, NewAxis, Ellipsis, Bool, Index };
  Kind kind;
  int64_t start = 0; // of an Int: the index; of a Bool: 0 or 1
  int64_t stop = 0;
  int64_t step = 1;
  Tensor tensor = {};
};
using ItemList = c10::SmallVector<Item, 4>;

// ---- reading an index

bool is_mask(const Tensor& t) {
  return t.scalar_type() == at::kBool || t.scalar_type() == at::kByte;
}

Item slice_item(PyObject* o) {
  Item item{Item::Slice};
  Py_ssize_t start, stop, step;
  check_status(PySlice_Unpack(o, &start, &stop, &step));
  TORCH_CHECK_VALUE(step > 0, "step must be greater than zero");
  item.start = start;
  item.stop = stop;
  item.step = step;
  return item;
}

Item tensor_item_of(Tensor t) {
  if (t.dim() == 0 && c10::is_integral_type(t.scalar_type(), true)) {
    if (!is_mask(t)) {
      return Item{Item::Int, at::item<int64_t>(t)};
    }
    return Item{Item::Bool, at::item<bool>(t)};
  }
  return Item{Item::Index, 0, 0, 1, std::move(t)};
}

Item sequence_item(PyObject* o) {
  if (PySequence_Size(o) == 0) {
    Tensor none = tensor_from_sequence(o, at::kLong);
    return Item{Item::Index, 0, 0, 1, std::move(none)};
  }
  return Item{Item::Index, 0, 0, 1, tensor_from_sequence(o, std::nullopt)};
}

Item read_item(PyObject* o) {
  if (PyLong_CheckExact(o)) {
    return Item{Item::Int, unpack_int(o)};
  }
  if (PySlice_Check(o)) {
    return slice_item(o);
  }
  if (o == Py_None) {
    return Item{Item::NewAxis};
  }
  if (o == Py_Ellipsis) {
    return Item{Item::Ellipsis};
  }
  if (PyBool_Check(o)) {
    return Item{Item::Bool, o == Py_True};
  }
  if (is_tensor(o)) {
    return tensor_item_of(unpack(o));
  }
  if (is_numpy_array(o)) {
    return tensor_item_of(tensor_from_numpy(o, false));
  }
  if (is_numpy_bool(o)) {
    return Item{Item::Bool, unpack_bool(o)};
  }
  if (PySequence_Check(o)) {
    return sequence_item(o);
  }
  TORCH_CHECK_INDEX(
      PyIndex_Check(o),
      "only integers, slices (`:`), ellipsis (`...`), None and long or byte "
      "Variables are valid indices (got ",
      Py_TYPE(o)->tp_name,
      ")");
  return Item{Item::Int, unpack_int(o)};
}

// A list such as [0, slice(1, 2)] stands for a tuple, as in old NumPy.
bool stands_for_tuple(PyObject* o) {
  if (PyTuple_Check(o)) {
    return true;
  }
  if (is_tensor(o) || is_numpy_array(o) || !PySequence_Check(o)) {
    return false;
  }
  const Py_ssize_t n = PySequence_Length(o);
  if (n < 0 || n >= 32) {
    PyErr_Clear();
    return false;
  }
  for (Py_ssize_t i = 0; i < n; ++i) {
    PyRef item = checked(PySequence_GetItem(o, i));
    if (is_tensor(item.get()) || PySequence_Check(item.get()) ||
        PySlice_Check(item.get())) {
      TORCH_WARN(
          "Using a non-tuple sequence for multidimensional indexing is "
          "deprecated and will be changed in pytorch 2.9; use x[tuple(seq)] "
          "instead of x[seq]. In pytorch 2.9 this will be interpreted as "
          "tensor index, x[torch.tensor(seq)], which will result either in an "
          "error or a different result");
      return true;
    }
    if (item.get() == Py_Ellipsis || item.get() == Py_None) {
      return true;
    }
  }
  return false;
}

void read_index(PyObject* index, ItemList& items) {
  if (!stands_for_tuple(index)) {
    items.push_back(read_item(index));
    return;
  }
  PyRef list = checked(PySequence_Fast(index, "expected a sequence"));
  for (Py_ssize_t i = 0; i < PySequence_Fast_GET_SIZE(list.get()); ++i) {
    items.push_back(read_item(PySequence_Fast_GET_ITEM(list.get(), i)));
  }
}

// How many dimensions of the tensor the items use up.
int64_t dimensions_used(const ItemList& items) {
  int64_t used = 0;
  for (const Item& item : items) {
    if (item.kind == Item::Int || item.kind == Item::Slice) {
      ++used;
    } else if (item.kind == Item::Index) {
      used += is_mask(item.tensor) ? item.tensor.dim() : 1;
    }
  }
  return used;
}

// ---- making the view

// Where nothing is recorded: geometry only, one view at the end.
class DirectView {
 public:
  explicit DirectView(const Tensor& self)
      : self_(self), offset_(self.storage_offset()) {}

  void select(int64_t d, int64_t index) { offset_ += index * stride(d); }
  void slice(int64_t d, int64_t start, int64_t length, int64_t step) {
    offset_ += start * stride(d);
    push(length, stride(d) * step);
  }
  void new_axis(int64_t d) {
    push(1, d < self_.dim() ? size(d) * stride(d) : 1);
  }
  void keep(int64_t d) { push(size(d), stride(d)); }
  int64_t dim() const { return static_cast<int64_t>(sizes_.size()); }
  Tensor finish() const {
    return at::native::make_view(self_, sizes_, strides_, offset_);
  }

 private:
  int64_t size(int64_t d) const {
    return self_.sizes()[static_cast<size_t>(d)];
  }
  int64_t stride(int64_t d) const {
    return self_.strides()[static_cast<size_t>(d)];
  }
  void push(int64_t size, int64_t stride) {
    sizes_.push_back(size);
    strides_.push_back(stride);
  }

  const Tensor& self_;
  c10::DimVector sizes_, strides_;
  int64_t offset_;
};

// Where autograd records: one operator per item.
class RecordedView {
 public:
  explicit RecordedView(const Tensor& self) : self_(self), result_(self) {}

  void select(int64_t, int64_t index) {
    result_ = at::select(result_, dim_, index);
  }
  void slice(int64_t, int64_t start, int64_t length, int64_t step) {
    const int64_t n = result_.sizes()[static_cast<size_t>(dim_)];
    // x[:, 0] records no slice, x[:] does: finish() sees to that.
    if (start != 0 || step != 1 || length != n) {
      const int64_t stop = length ? start + (length - 1) * step + 1 : start;
      result_ = at::slice(result_, dim_, start, stop, step);
    }
    ++dim_;
  }
  void new_axis(int64_t) { result_ = at::unsqueeze(result_, dim_++); }
  void keep(int64_t) { ++dim_; }
  int64_t dim() const { return dim_; }
  Tensor finish() const {
    return result_.is_same(self_) ? at::alias(result_) : result_;
  }

 private:
  const Tensor& self_;
  Tensor result_;
  int64_t dim_ = 0;
};

// The tensors among the items, each at the dimension of the view it indexes;
// a mask is one entry and stands for as many dimensions as it has.
class IndexList {
 public:
  void add(int64_t dim, Tensor tensor, int64_t covers) {
    while (covered_ < dim) {
      tensors_.emplace_back();
      ++covered_;
    }
    tensors_.push_back(std::move(tensor));
    covered_ += covers;
  }
  bool empty() const { return tensors_.empty(); }
  at::TensorList list() const { return tensors_; }

 private:
  std::vector<Tensor> tensors_;
  int64_t covered_ = 0;
};

// True keeps its new dimension of one element, False empties it.
Tensor bool_index(bool value, at::Device device) {
  const auto options = c10::TensorOptions(at::kLong).device(device);
  return value ? at::zeros({1}, options) : at::empty({0}, options);
}

int64_t checked_index(const Tensor& self, int64_t d, int64_t index) {
  const int64_t n = self.sizes()[static_cast<size_t>(d)];
  TORCH_CHECK_INDEX(
      index >= -n && index < n,
      "index ",
      index,
      " is out of bounds for dimension ",
      d,
      " with size ",
      n);
  return index < 0 ? index + n : index;
}

template <typename View>
class Walker {
 public:
  Walker(const Tensor& self, View& view, IndexList& indices)
      : self_(self), view_(view), indices_(indices) {}

  void walk(const ItemList& items) {
    const int64_t used = dimensions_used(items);
    TORCH_CHECK_INDEX(
        used <= self_.dim(),
        "too many indices for tensor of dimension ",
        self_.dim());
    rest_ = self_.dim() - used; // what the first Ellipsis stands for
    for (const Item& item : items) {
      step(item);
    }
    while (d_ < self_.dim()) {
      view_.keep(d_++);
    }
  }

 private:
  void step(const Item& item) {
    switch (item.kind) {
      case Item::Int:
        view_.select(d_, checked_index(self_, d_, item.start));
        ++d_;
        break;
      case Item::Slice:
        slice(item);
        break;
      case Item::NewAxis:
        view_.new_axis(d_);
        break;
      case Item::Ellipsis:
        for (; rest_ > 0; --rest_) {
          view_.keep(d_++);
        }
        break;
      case Item::Bool:
        indices_.add(
            view_.dim(), bool_index(item.start != 0, self_.device()), 1);
        view_.new_axis(d_);
        break;
      case Item::Index:
        index(item.tensor);
        break;
    }
  }

  void slice(const Item& item) {
    const int64_t n = self_.sizes()[static_cast<size_t>(d_)];
    Py_ssize_t start = item.start, stop = item.stop;
    const Py_ssize_t length =
        PySlice_AdjustIndices(n, &start, &stop, item.step);
    view_.slice(d_++, start, length, item.step);
  }

  void index(const Tensor& tensor) {
    const int64_t covers = is_mask(tensor) ? tensor.dim() : 1;
    indices_.add(view_.dim(), tensor, covers);
    for (int64_t i = 0; i < covers; ++i) {
      view_.keep(d_++);
    }
  }

  const Tensor& self_;
  View& view_;
  IndexList& indices_;
  int64_t d_ = 0; // the dimension of self that comes next
  int64_t rest_ = 0;
};

template <typename View>
Tensor view_of(const Tensor& self, const ItemList& items, IndexList& indices) {
  View view(self);
  Walker<View>(self, view, indices).walk(items);
  return view.finish();
}

bool is_recorded(const Tensor& self) {
  return self.requires_grad() && c10::GradMode::is_enabled();
}

Tensor basic_view(
    const Tensor& self,
    PyObject* index,
    const ItemList& items,
    IndexList& indices) {
  if (C10_LIKELY(!is_recorded(self))) {
    return view_of<DirectView>(self, items, indices);
  }
  // A bare x[1:] is always a slice to autograd, even when it cuts nothing.
  if (PySlice_Check(index) && self.dim() > 0) {
    return at::slice(
        self, 0, items[0].start, items[0].stop, items[0].step);
  }
  return view_of<RecordedView>(self, items, indices);
}

void check_bare_index(const Tensor& self, PyObject* index) {
  TORCH_CHECK_INDEX(
      self.dim() > 0 || !PyLong_Check(index) || PyBool_Check(index),
      "invalid index of a 0-dim tensor. Use `tensor.item()` in Python or "
      "`tensor.item<T>()` in C++ to convert a 0-dim tensor to a number");
}

// ---- x[index]

PyObject* get_item(PyObject* self, PyObject* index) {
  HANDLE_TH_ERRORS
  if (C10_UNLIKELY(!is_plain(self)) && overridden(self)) {
    PyRef args = checked(PyTuple_Pack(2, self, index));
    return dispatch_torch_function(
        "Tensor", "__getitem__", args.get(), nullptr);
  }
  const Tensor& t = unpack(self);
  check_bare_index(t, index);
  ItemList items;
  read_index(index, items);
  IndexList indices;
  Tensor view = basic_view(t, index, items, indices);
  if (C10_LIKELY(indices.empty())) {
    return wrap(std::move(view));
  }
  return wrap(at::index(view, indices.list()));
  END_HANDLE_TH_ERRORS
}

// ---- x[index] = value

Tensor value_tensor(const Tensor& self, PyObject* value) {
  if (is_tensor(value)) {
    return unpack(value);
  }
  TORCH_CHECK_TYPE(
      is_number(value) || PyFloat_Check(value) || is_int_like(value),
      "can't assign a ",
      Py_TYPE(value)->tp_name,
      " to a ",
      tensor_type_name(self.device(), self.scalar_type()));
  return at::scalar_tensor(unpack_scalar(value), self.options());
}

// Leading dimensions of one element may be missing on the other side.
Tensor without_leading_ones(const Tensor& value) {
  int64_t ones = 0;
  while (ones < value.dim() && value.sizes()[static_cast<size_t>(ones)] == 1) {
    ++ones;
  }
  return ones == 0
      ? value
      : value.view(value.sizes().slice(static_cast<size_t>(ones)));
}

void assign(Tensor& view, const Tensor& value) {
  if (view.sizes() == value.sizes()) {
    view.copy_(value);
  } else if (value.dim() == 0 && value.is_cpu()) {
    view.copy_(value);
  } else {
    view.copy_(without_leading_ones(value).expand(view.sizes()));
  }
}

int set_item_checked(PyObject* self, PyObject* index, PyObject* value) {
  Tensor& t = unpack_mutable(self);
  check_bare_index(t, index);
  if (index == Py_False) {
    return 0;
  }
  ItemList items;
  if (index == Py_True) {
    items.push_back(Item{Item::NewAxis});
  } else {
    read_index(index, items);
  }
  IndexList indices;
  Tensor view = basic_view(t, index, items, indices);
  if (!indices.empty()) {
    const Tensor source = without_leading_ones(value_tensor(t, value));
    at::index_put_(view, indices.list(), source);
    return 0;
  }
  if (is_number(value)) {
    at::fill_(view, unpack_scalar(value));
    return 0;
  }
  assign(view, value_tensor(t, value));
  return 0;
}

int set_item(PyObject* self, PyObject* index, PyObject* value) {
  HANDLE_TH_ERRORS
  TORCH_CHECK_TYPE(value, "Tensor does not support deleting items");
  if (C10_UNLIKELY(!is_plain(self) || !is_exact(value)) &&
      (overridden(self) || overrides_torch_function(value))) {
    PyRef args = checked(PyTuple_Pack(3, self, index, value));
    PyRef done = checked(dispatch_torch_function(
        "Tensor", "__setitem__", args.get(), nullptr));
    return 0;
  }
  return set_item_checked(self, index, value);
  END_HANDLE_TH_ERRORS_RET(-1)
}

Py_ssize_t length(PyObject* self) {
  HANDLE_TH_ERRORS
  if (C10_UNLIKELY(!is_plain(self)) && overridden(self)) {
    PyRef n = checked(call_override(self, "__len__"));
    return PyNumber_AsSsize_t(n.get(), PyExc_OverflowError);
  }
  const Tensor& t = unpack(self);
  TORCH_CHECK_TYPE(t.dim() > 0, "len() of a 0-d tensor");
  return t.sizes()[0];
  END_HANDLE_TH_ERRORS_RET(-1)
}

} // namespace

PyMappingMethods tensor_as_mapping = {length, get_item, set_item};

PyObject* tensor_iter(PyObject* self) {
  HANDLE_TH_ERRORS
  if (C10_UNLIKELY(!is_plain(self)) && overridden(self)) {
    return call_override(self, "__iter__");
  }
  const Tensor& t = unpack(self);
  TORCH_CHECK_TYPE(t.dim() > 0, "iteration over a 0-d tensor");
  PyRef parts(wrap(at::unbind(t, 0)));
  return PyObject_GetIter(parts.get());
  END_HANDLE_TH_ERRORS
}

} // namespace torch::python
