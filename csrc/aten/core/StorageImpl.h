// StorageImpl: the bytes behind one or more tensors, and how often they were
// written.
#pragma once

#include "c10/core/Allocator.h"
#include "c10/util/FreeList.h"
#include "c10/util/intrusive_ptr.h"

namespace c10 {

// Note [Version counter in the storage]
// Every in-place operator increments the counter of the memory it wrote;
// autograd compares it with the value at the time of saving. Living in the
// storage, it is shared by views, detach() and saved tensors without a heap
// block of its own. The three cases in which PyTorch keeps counters apart
// (`x.data`, `x.data = y`, `x.set_()`) give the tensor a private one, see
// TensorImpl::set_private_version().
class C10_API StorageImpl final : public intrusive_ptr_target,
                                  public FreeListed<StorageImpl> {
 public:
  StorageImpl(DataPtr data, size_t nbytes, Allocator* allocator)
      : data_(std::move(data)), nbytes_(nbytes), allocator_(allocator) {}
  StorageImpl(size_t nbytes, Allocator* allocator)
      : StorageImpl(allocator->allocate(nbytes), nbytes, allocator) {}

  void* data() const { return data_.get(); }
  const DataPtr& data_ptr() const { return data_; }
  Device device() const { return data_.device(); }
  size_t nbytes() const { return nbytes_; }
  Allocator* allocator() const { return allocator_; }
  // Null for memory that somebody else owns (NumPy, DLPack, a mapped file).
  bool resizable() const { return allocator_ != nullptr; }

  // Keeps the common prefix. RuntimeError for a storage that is not
  // resizable.
  void resize(size_t nbytes);
  DataPtr exchange_data(DataPtr data, size_t nbytes) {
    data_.swap(data);
    nbytes_ = nbytes;
    return data;
  }

  uint32_t version() const { return version_.load(std::memory_order_relaxed); }
  void bump_version() { version_.fetch_add(1, std::memory_order_relaxed); }
  void set_version(uint32_t v) { version_ = v; }

  // The Python object of this storage; borrowed, cleared by that object.
  void* pyobj_ = nullptr;

 protected:
  void release_resources() override { data_.clear(); }

 private:
  DataPtr data_;
  size_t nbytes_;
  Allocator* allocator_;
  std::atomic<uint32_t> version_{0};
};

using Storage = intrusive_ptr<StorageImpl>;

} // namespace c10

namespace at {
using c10::Storage;
using c10::StorageImpl;
} // namespace at
