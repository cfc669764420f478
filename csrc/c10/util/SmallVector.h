// SmallVector<T, N>: a vector whose first N elements need no heap block.
// The interface is the part of std::vector that this code base uses.
#pragma once

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <memory>
#include <new>
#include <type_traits>
#include <utility>

namespace c10 {

template <typename T, size_t N>
class SmallVector {
 public:
  using value_type = T;
  using iterator = T*;
  using const_iterator = const T*;

  SmallVector() = default;
  explicit SmallVector(size_t n, const T& value = T()) { resize(n, value); }
  SmallVector(std::initializer_list<T> list) {
    append(list.begin(), list.end());
  }
  template <
      typename It,
      typename = std::enable_if_t<!std::is_integral<It>::value>>
  SmallVector(It first, It last) {
    append(first, last);
  }
  // Any contiguous or iterable range: ArrayRef, std::vector, ...
  template <
      typename Range,
      typename = decltype(std::declval<const Range&>().begin()),
      typename = std::enable_if_t<
          !std::is_same<std::decay_t<Range>, SmallVector>::value>>
  explicit SmallVector(const Range& range) {
    append(range.begin(), range.end());
  }
  SmallVector(const SmallVector& other) { append(other.begin(), other.end()); }
  SmallVector(SmallVector&& other) noexcept { take(other); }
  SmallVector& operator=(const SmallVector& other) {
    if (this != &other) {
      assign(other.begin(), other.end());
    }
    return *this;
  }
  SmallVector& operator=(SmallVector&& other) noexcept {
    if (this != &other) {
      clear();
      free_heap();
      take(other);
    }
    return *this;
  }
  ~SmallVector() {
    clear();
    free_heap();
  }

  T* begin() { return data_; }
  T* end() { return data_ + size_; }
  const T* begin() const { return data_; }
  const T* end() const { return data_ + size_; }
  T* data() { return data_; }
  const T* data() const { return data_; }
  size_t size() const { return size_; }
  size_t capacity() const { return capacity_; }
  bool empty() const { return size_ == 0; }
  T& operator[](size_t i) { return data_[i]; }
  const T& operator[](size_t i) const { return data_[i]; }
  T& front() { return data_[0]; }
  const T& front() const { return data_[0]; }
  T& back() { return data_[size_ - 1]; }
  const T& back() const { return data_[size_ - 1]; }

  void push_back(const T& value) { emplace_back(value); }
  void push_back(T&& value) { emplace_back(std::move(value)); }
  template <typename... Args>
  T& emplace_back(Args&&... args) {
    if (size_ == capacity_) {
      // Built first: an argument may live in the block about to move.
      T value(std::forward<Args>(args)...);
      grow(size_ + 1);
      return *new (data_ + size_++) T(std::move(value));
    }
    return *new (data_ + size_++) T(std::forward<Args>(args)...);
  }
  void pop_back() { data_[--size_].~T(); }
  void clear() {
    std::destroy(begin(), end());
    size_ = 0;
  }
  void reserve(size_t n) {
    if (n > capacity_) {
      grow(n);
    }
  }
  void resize(size_t n, const T& value = T()) {
    reserve(n);
    while (size_ > n) {
      pop_back();
    }
    while (size_ < n) {
      new (data_ + size_++) T(value);
    }
  }
  template <typename It>
  void append(It first, It last) {
    for (; first != last; ++first) {
      emplace_back(*first);
    }
  }
  template <typename It>
  void assign(It first, It last) {
    clear();
    append(first, last);
  }
  T* insert(T* where, const T& value) {
    size_t at = static_cast<size_t>(where - data_);
    emplace_back(value);
    for (size_t i = size_ - 1; i > at; --i) {
      std::swap(data_[i], data_[i - 1]);
    }
    return data_ + at;
  }
  T* erase(T* where) {
    for (T* p = where; p + 1 != end(); ++p) {
      *p = std::move(p[1]);
    }
    pop_back();
    return where;
  }
  bool operator==(const SmallVector& other) const {
    if (size_ != other.size_) {
      return false;
    }
    for (size_t i = 0; i < size_; ++i) {
      if (!(data_[i] == other.data_[i])) {
        return false;
      }
    }
    return true;
  }

 private:
  T* inline_data() { return reinterpret_cast<T*>(inline_); }
  bool on_heap() const {
    return data_ != reinterpret_cast<const T*>(inline_);
  }
  void free_heap() {
    if (on_heap()) {
      ::operator delete(data_);
      data_ = inline_data();
      capacity_ = N;
    }
  }
  void grow(size_t at_least) {
    size_t capacity = capacity_ * 2 < at_least ? at_least : capacity_ * 2;
    T* block = static_cast<T*>(::operator new(capacity * sizeof(T)));
    std::uninitialized_move(begin(), end(), block);
    std::destroy(begin(), end());
    if (on_heap()) {
      ::operator delete(data_);
    }
    data_ = block;
    capacity_ = capacity;
  }
  void take(SmallVector& other) noexcept {
    if (other.on_heap()) {
      data_ = other.data_;
      size_ = other.size_;
      capacity_ = other.capacity_;
      other.data_ = other.inline_data();
      other.size_ = 0;
      other.capacity_ = N;
      return;
    }
    std::uninitialized_move(other.begin(), other.end(), data_);
    size_ = other.size_;
    other.clear();
  }

  T* data_ = inline_data();
  size_t size_ = 0;
  size_t capacity_ = N;
  alignas(T) unsigned char inline_[sizeof(T) * N];
};

} // namespace c10

namespace at {
using c10::SmallVector;
}
