// Reference counting: intrusive_ptr and weak_intrusive_ptr.
#include "c10/util/intrusive_ptr.h"

#include <gtest/gtest.h>

#include <thread>
#include <vector>

namespace {

using c10::intrusive_ptr;
using c10::make_intrusive;
using c10::weak_intrusive_ptr;

struct Counted : c10::intrusive_ptr_target {
  Counted(int* deleted, int* released)
      : deleted_(deleted), released_(released) {}
  ~Counted() override { ++*deleted_; }
  void release_resources() override { ++*released_; }

  int* deleted_;
  int* released_;
};

struct Derived : Counted {
  using Counted::Counted;
};

class IntrusivePtr : public testing::Test {
 protected:
  intrusive_ptr<Counted> make() {
    return make_intrusive<Counted>(&deleted, &released);
  }
  int deleted = 0;
  int released = 0;
};

TEST_F(IntrusivePtr, MakeGivesOneReference) {
  auto p = make();
  EXPECT_EQ(p.use_count(), 1u);
  EXPECT_TRUE(p.unique());
  EXPECT_TRUE(p.defined());
}

TEST_F(IntrusivePtr, CopyAddsAndDestructionRemovesAReference) {
  auto p = make();
  {
    intrusive_ptr<Counted> q = p;
    EXPECT_EQ(p.use_count(), 2u);
    EXPECT_EQ(p, q);
  }
  EXPECT_EQ(p.use_count(), 1u);
  EXPECT_EQ(deleted, 0);
}

TEST_F(IntrusivePtr, MoveKeepsTheCountAndEmptiesTheSource) {
  auto p = make();
  intrusive_ptr<Counted> q = std::move(p);
  EXPECT_FALSE(p.defined());
  EXPECT_EQ(q.use_count(), 1u);
}

TEST_F(IntrusivePtr, LastReferenceDeletesWithoutReleaseResources) {
  make();
  EXPECT_EQ(deleted, 1);
  EXPECT_EQ(released, 0);
}

TEST_F(IntrusivePtr, SelfAssignmentIsHarmless) {
  auto p = make();
  auto& alias = p;
  p = alias;
  EXPECT_EQ(p.use_count(), 1u);
  EXPECT_EQ(deleted, 0);
}

TEST_F(IntrusivePtr, AssignmentReleasesTheOldObject) {
  auto p = make();
  p = make();
  EXPECT_EQ(deleted, 1);
  p.reset();
  EXPECT_EQ(deleted, 2);
}

TEST_F(IntrusivePtr, ConvertsToBaseClass) {
  intrusive_ptr<Counted> p = make_intrusive<Derived>(&deleted, &released);
  EXPECT_EQ(p.use_count(), 1u);
  p.reset();
  EXPECT_EQ(deleted, 1);
}

TEST_F(IntrusivePtr, ReleaseAndReclaimPassTheReferenceOn) {
  auto p = make();
  Counted* raw = p.release();
  EXPECT_FALSE(p.defined());
  EXPECT_EQ(deleted, 0);
  auto q = intrusive_ptr<Counted>::reclaim(raw);
  EXPECT_EQ(q.use_count(), 1u);
}

TEST_F(IntrusivePtr, RetainPtrAddsAReference) {
  auto p = make();
  auto q = intrusive_ptr<Counted>::retain_ptr(p.get());
  EXPECT_EQ(p.use_count(), 2u);
}

TEST_F(IntrusivePtr, WeakLockWorksWhileAlive) {
  auto p = make();
  weak_intrusive_ptr<Counted> weak(p);
  EXPECT_FALSE(weak.expired());
  EXPECT_EQ(weak.lock(), p);
  EXPECT_EQ(p.use_count(), 1u);
}

TEST_F(IntrusivePtr, WeakKeepsMemoryButNotContents) {
  auto p = make();
  weak_intrusive_ptr<Counted> weak(p);
  p.reset();
  EXPECT_EQ(released, 1);
  EXPECT_EQ(deleted, 0);
  EXPECT_TRUE(weak.expired());
  EXPECT_FALSE(weak.lock().defined());
  weak = weak_intrusive_ptr<Counted>();
  EXPECT_EQ(deleted, 1);
}

TEST_F(IntrusivePtr, WeakCopiesCountSeparately) {
  auto p = make();
  weak_intrusive_ptr<Counted> a(p);
  weak_intrusive_ptr<Counted> b = a;
  EXPECT_EQ(p->weak_use_count(), 3u); // two, and one for all strong ones
}

TEST_F(IntrusivePtr, CountsAreSafeAcrossThreads) {
  auto p = make();
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([p] {
      for (int i = 0; i < 10000; ++i) {
        intrusive_ptr<Counted> copy = p;
        weak_intrusive_ptr<Counted> weak(copy);
        copy.reset();
        EXPECT_TRUE(weak.lock().defined());
      }
    });
  }
  for (auto& thread : threads) {
    thread.join();
  }
  EXPECT_EQ(p.use_count(), 1u);
  EXPECT_EQ(p->weak_use_count(), 1u);
  p.reset();
  EXPECT_EQ(deleted, 1);
}

} // namespace
