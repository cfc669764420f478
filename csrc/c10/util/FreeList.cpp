#include "c10/util/FreeList.h"

namespace c10 {

// None is kept in a sanitizer's build: a block in use after its end must show.
#ifdef __SANITIZE_ADDRESS__
constexpr bool kKeepsBlocks = false;
#else
constexpr bool kKeepsBlocks = true;
#endif

struct FreeList::Closer {
  ~Closer() {
    for (FreeList* list = opened; list != nullptr; list = list->next_opened_) {
      list->room_ = 0;
      while (Block* block = list->head_) {
        list->head_ = block->next;
        ::operator delete(block);
      }
    }
  }
  FreeList* opened = nullptr;
};

void FreeList::give_slowly(void* block) {
  if (!kKeepsBlocks || opened_) {
    ::operator delete(block);
    return;
  }
  static thread_local Closer closer;
  next_opened_ = closer.opened;
  closer.opened = this;
  opened_ = true;
  room_ = kMaxKept;
  push(block);
}

} // namespace c10
