// FreeListed<T>: gives T an operator new and delete that keep a bounded list
// of blocks per thread. For objects made and dropped on every operator call.
#pragma once

#include <cstddef>
#include <cstdlib>
#include <new>

#include "c10/macros/Macros.h"

namespace c10 {

// None in a sanitizer's build: a block in use after its end must show.
#ifdef __SANITIZE_ADDRESS__
constexpr bool kKeepsFreed = false;
#else
constexpr bool kKeepsFreed = true;
#endif

template <typename T, size_t kMaxKept = 256>
class FreeListed {
 public:
  static void* operator new(size_t size) {
    List& list = local();
    // A subclass is larger: it takes the ordinary way.
    if (C10_LIKELY(list.head != nullptr && size == sizeof(T))) {
      Node* node = list.head;
      list.head = node->next;
      ++list.room;
      return node;
    }
    return ::operator new(size);
  }
  static void operator delete(void* block, size_t size) {
    List& list = local();
    if (C10_LIKELY(list.room > 0 && size == sizeof(T))) {
      list.push(block);
      return;
    }
    free_slowly(list, block, size);
  }

 private:
  struct Node {
    Node* next;
  };
  // All zeros at first, so that access needs no guard. The first block that
  // is freed opens the list; the thread's end empties and closes it, since
  // objects may be freed after thread-local destructors ran.
  struct List {
    Node* head;
    size_t room; // for so many more
    bool opened;

    void push(void* block) {
      auto* node = static_cast<Node*>(block);
      node->next = head;
      head = node;
      --room;
    }
  };
  struct Closer {
    ~Closer() {
      List& list = local();
      list.room = 0;
      while (Node* node = list.head) {
        list.head = node->next;
        ::operator delete(node);
      }
    }
  };
  static List& local() {
    static C10_THREAD_LOCAL List list = {nullptr, 0, false};
    return list;
  }
  C10_NOINLINE static void free_slowly(List& list, void* block, size_t size) {
    if (kKeepsFreed && !list.opened && size == sizeof(T)) {
      static thread_local const Closer closer;
      (void)closer;
      list.opened = true;
      list.room = kMaxKept;
      list.push(block);
    } else {
      ::operator delete(block);
    }
  }
};

} // namespace c10
