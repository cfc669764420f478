// FreeListed<T>: gives T an operator new and delete that keep a bounded list
// of blocks per thread. For objects made and dropped on every operator call.
#pragma once

#include <cstddef>
#include <cstdlib>
#include <new>

#include "c10/macros/Macros.h"

namespace c10 {

template <typename T, size_t kMaxKept = 256>
class FreeListed {
 public:
  static void* operator new(size_t size) {
    List& list = local();
    // A subclass is larger: it takes the ordinary way.
    if (C10_LIKELY(list.head != nullptr && size == sizeof(T))) {
      Node* node = list.head;
      list.head = node->next;
      --list.length;
      return node;
    }
    return ::operator new(size);
  }
  static void operator delete(void* block, size_t size) {
    List& list = local();
    if (C10_LIKELY(list.length < kMaxKept && size == sizeof(T))) {
      auto* node = static_cast<Node*>(block);
      node->next = list.head;
      list.head = node;
      ++list.length;
      return;
    }
    ::operator delete(block);
  }

 private:
  struct Node {
    Node* next;
  };
  // No destructor: what a finished thread kept is lost, at most kMaxKept
  // blocks, and objects may be freed after thread-local destructors ran.
  struct List {
    Node* head;
    size_t length;
  };
  static List& local() {
    static C10_THREAD_LOCAL List list = {nullptr, 0};
    return list;
  }
};

} // namespace c10
