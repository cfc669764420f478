// Blocks of memory that a thread keeps for its next allocation, for objects
// made and dropped on every operator call: FreeList keeps blocks of one size,
// FreeListed<T> gives T an operator new and delete that use one.
#pragma once

#include <cstddef>
#include <new>

#include "c10/macros/Macros.h"

namespace c10 {

// Lives in zeroed thread-local memory, so that access needs no guard. The
// first block that is freed opens it; the thread's end empties and closes it
// (objects may be freed after that: their blocks are not kept).
class FreeList {
 public:
  // A block, or null.
  C10_ALWAYS_INLINE void* take() {
    Block* block = head_;
    if (C10_LIKELY(block != nullptr)) {
      head_ = block->next;
      ++room_;
    }
    return block;
  }
  // Keeps a block that operator new made, or frees it.
  C10_ALWAYS_INLINE void give(void* block) {
    if (C10_LIKELY(room_ > 0)) {
      push(block);
    } else {
      give_slowly(block);
    }
  }

 private:
  struct Block {
    Block* next;
  };
  struct Closer; // empties a thread's lists at its end
  static constexpr size_t kMaxKept = 512;

  void push(void* block) {
    auto* kept = static_cast<Block*>(block);
    kept->next = head_;
    head_ = kept;
    --room_;
  }
  C10_API void give_slowly(void* block);

  Block* head_;
  size_t room_; // for so many more
  FreeList* next_opened_;
  bool opened_;
};

template <typename T>
class FreeListed {
 public:
  // A subclass is larger: it takes the ordinary way.
  static void* operator new(size_t size) {
    void* block = C10_LIKELY(size == sizeof(T)) ? list().take() : nullptr;
    return C10_LIKELY(block != nullptr) ? block : ::operator new(size);
  }
  static void operator delete(void* block, size_t size) {
    if (C10_LIKELY(size == sizeof(T))) {
      list().give(block);
    } else {
      ::operator delete(block);
    }
  }

 private:
  static FreeList& list() {
    static C10_THREAD_LOCAL FreeList list = {};
    return list;
  }
};

} // namespace c10
