// Reference counting inside the object: one heap block, one pointer.
//
// intrusive_ptr<T>       owns a reference to a T derived from
//                        intrusive_ptr_target.
// weak_intrusive_ptr<T>  keeps the memory but not the contents.
//
// Counting is atomic and safe from several threads; one intrusive_ptr object
// itself is not.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <utility>

#include "c10/macros/Macros.h"

namespace c10 {

// Note [Strong and weak counts]
// All strong references together hold one weak reference. When the strong
// count reaches zero release_resources() runs; when the weak count reaches
// zero the object is deleted. An object nobody watches weakly is destroyed
// without touching its weak count.
class C10_API intrusive_ptr_target {
 public:
  intrusive_ptr_target() noexcept : refcount_(0), weakcount_(1) {}
  intrusive_ptr_target(const intrusive_ptr_target&) noexcept
      : intrusive_ptr_target() {}
  intrusive_ptr_target& operator=(const intrusive_ptr_target&) noexcept {
    return *this;
  }

  uint32_t use_count() const noexcept {
    return refcount_.load(std::memory_order_acquire);
  }
  uint32_t weak_use_count() const noexcept {
    return weakcount_.load(std::memory_order_acquire);
  }

  void retain() const noexcept {
    refcount_.fetch_add(1, std::memory_order_relaxed);
  }
  void release() const noexcept {
    // The only owner needs no read-modify-write: nobody else can add one.
    if (refcount_.load(std::memory_order_acquire) == 1 ||
        refcount_.fetch_sub(1, std::memory_order_acq_rel) == 1) {
      destroy();
    }
  }
  void weak_retain() const noexcept {
    weakcount_.fetch_add(1, std::memory_order_relaxed);
  }
  void weak_release() const noexcept {
    if (weakcount_.fetch_sub(1, std::memory_order_acq_rel) == 1) {
      delete this;
    }
  }
  // One more strong reference unless the contents are already gone.
  bool retain_if_alive() const noexcept {
    uint32_t n = refcount_.load(std::memory_order_relaxed);
    do {
      if (n == 0) {
        return false;
      }
    } while (!refcount_.compare_exchange_weak(
        n, n + 1, std::memory_order_acq_rel, std::memory_order_relaxed));
    return true;
  }

 protected:
  virtual ~intrusive_ptr_target() = default;
  // Frees what the object owns when the last strong reference dies while
  // weak ones remain.
  virtual void release_resources() {}

 private:
  void destroy() const noexcept;

  mutable std::atomic<uint32_t> refcount_;
  mutable std::atomic<uint32_t> weakcount_;
};

template <typename T>
class intrusive_ptr {
 public:
  using element_type = T;

  intrusive_ptr() noexcept = default;
  intrusive_ptr(std::nullptr_t) noexcept {}
  intrusive_ptr(const intrusive_ptr& other) noexcept : ptr_(other.ptr_) {
    if (ptr_) {
      ptr_->retain();
    }
  }
  intrusive_ptr(intrusive_ptr&& other) noexcept : ptr_(other.ptr_) {
    other.ptr_ = nullptr;
  }
  template <
      typename U,
      typename = std::enable_if_t<std::is_convertible<U*, T*>::value>>
  intrusive_ptr(intrusive_ptr<U> other) noexcept : ptr_(other.release()) {}

  ~intrusive_ptr() noexcept {
    if (ptr_) {
      ptr_->release();
    }
  }

  intrusive_ptr& operator=(const intrusive_ptr& other) noexcept {
    intrusive_ptr(other).swap(*this);
    return *this;
  }
  intrusive_ptr& operator=(intrusive_ptr&& other) noexcept {
    intrusive_ptr(std::move(other)).swap(*this);
    return *this;
  }

  T* get() const noexcept { return ptr_; }
  T& operator*() const noexcept { return *ptr_; }
  T* operator->() const noexcept { return ptr_; }
  explicit operator bool() const noexcept { return ptr_ != nullptr; }
  bool defined() const noexcept { return ptr_ != nullptr; }
  uint32_t use_count() const noexcept { return ptr_ ? ptr_->use_count() : 0; }
  bool unique() const noexcept { return use_count() == 1; }

  void reset() noexcept { intrusive_ptr().swap(*this); }
  void swap(intrusive_ptr& other) noexcept { std::swap(ptr_, other.ptr_); }

  // Hands the reference to the caller, who must reclaim() it.
  T* release() noexcept {
    T* p = ptr_;
    ptr_ = nullptr;
    return p;
  }
  // Takes over a reference that release() gave away.
  static intrusive_ptr reclaim(T* p) noexcept {
    intrusive_ptr result;
    result.ptr_ = p;
    return result;
  }
  // A new reference to an object that some intrusive_ptr already owns, or to
  // a fresh one.
  static intrusive_ptr retain_ptr(T* p) noexcept {
    if (p) {
      p->retain();
    }
    return reclaim(p);
  }

 private:
  T* ptr_ = nullptr;
};

template <typename T, typename... Args>
intrusive_ptr<T> make_intrusive(Args&&... args) {
  return intrusive_ptr<T>::retain_ptr(new T(std::forward<Args>(args)...));
}

template <typename T, typename U>
bool operator==(const intrusive_ptr<T>& a, const intrusive_ptr<U>& b) noexcept {
  return a.get() == b.get();
}
template <typename T, typename U>
bool operator!=(const intrusive_ptr<T>& a, const intrusive_ptr<U>& b) noexcept {
  return a.get() != b.get();
}

template <typename T>
class weak_intrusive_ptr {
 public:
  weak_intrusive_ptr() noexcept = default;
  explicit weak_intrusive_ptr(const intrusive_ptr<T>& strong) noexcept
      : ptr_(strong.get()) {
    if (ptr_) {
      ptr_->weak_retain();
    }
  }
  weak_intrusive_ptr(const weak_intrusive_ptr& other) noexcept
      : ptr_(other.ptr_) {
    if (ptr_) {
      ptr_->weak_retain();
    }
  }
  weak_intrusive_ptr(weak_intrusive_ptr&& other) noexcept : ptr_(other.ptr_) {
    other.ptr_ = nullptr;
  }
  weak_intrusive_ptr& operator=(weak_intrusive_ptr other) noexcept {
    std::swap(ptr_, other.ptr_);
    return *this;
  }
  ~weak_intrusive_ptr() noexcept {
    if (ptr_) {
      ptr_->weak_release();
    }
  }

  // The object if it is still alive, else null.
  intrusive_ptr<T> lock() const noexcept {
    if (ptr_ && ptr_->retain_if_alive()) {
      return intrusive_ptr<T>::reclaim(ptr_);
    }
    return {};
  }
  bool expired() const noexcept { return !ptr_ || ptr_->use_count() == 0; }

 private:
  T* ptr_ = nullptr;
};

inline void intrusive_ptr_target::destroy() const noexcept {
  auto* self = const_cast<intrusive_ptr_target*>(this);
  if (weakcount_.load(std::memory_order_acquire) == 1) {
    refcount_.store(0, std::memory_order_relaxed);
    delete self;
    return;
  }
  refcount_.store(0, std::memory_order_release);
  self->release_resources();
  self->weak_release();
}

} // namespace c10

namespace std {
template <typename T>
struct hash<c10::intrusive_ptr<T>> {
  size_t operator()(const c10::intrusive_ptr<T>& p) const noexcept {
    return std::hash<T*>()(p.get());
  }
};
} // namespace std
