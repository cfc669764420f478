// TensorImpl: geometry, keys, versions, views and links. No operator is used.
#include "aten/core/TensorImpl.h"

#include <gtest/gtest.h>

#include "aten/core/TensorBase.h"
#include "c10/core/CPUAllocator.h"

namespace {

using namespace c10;

intrusive_ptr<TensorImpl> make_impl(IntArrayRef sizes) {
  int64_t numel = 1;
  for (int64_t size : sizes) {
    numel *= size;
  }
  auto storage = make_intrusive<StorageImpl>(
      static_cast<size_t>(numel) * sizeof(float), get_cpu_allocator());
  auto impl = make_intrusive<TensorImpl>(storage, kFloat, Device(kCPU));
  impl->set_sizes_contiguous(sizes);
  return impl;
}

TEST(TensorImpl, FreshOneHasNoElements) {
  auto storage = make_intrusive<StorageImpl>(0, get_cpu_allocator());
  TensorImpl impl(storage, kFloat, Device(kCPU));
  EXPECT_EQ(impl.numel(), 0);
  EXPECT_EQ(impl.dim(), 1);
  EXPECT_TRUE(impl.is_contiguous());
}

TEST(TensorImpl, ContiguousSizesGiveRowMajorStrides) {
  auto impl = make_impl({2, 3, 4});
  EXPECT_EQ(impl->strides(), IntArrayRef({12, 4, 1}));
  EXPECT_EQ(impl->numel(), 24);
  EXPECT_TRUE(impl->is_contiguous());
  EXPECT_TRUE(impl->is_non_overlapping_and_dense());
}

TEST(TensorImpl, ZeroDimensionsHaveOneElement) {
  auto impl = make_impl({});
  EXPECT_EQ(impl->dim(), 0);
  EXPECT_EQ(impl->numel(), 1);
}

TEST(TensorImpl, EmptyDimensionCountsAsOneInStrides) {
  auto impl = make_impl({2, 0, 3});
  EXPECT_EQ(impl->strides(), IntArrayRef({3, 3, 1}));
  EXPECT_EQ(impl->numel(), 0);
}

TEST(TensorImpl, TransposedIsDenseButNotContiguous) {
  auto impl = make_impl({2, 3});
  impl->set_sizes_and_strides({3, 2}, {1, 3});
  EXPECT_FALSE(impl->is_contiguous());
  EXPECT_TRUE(impl->is_non_overlapping_and_dense());
}

TEST(TensorImpl, ExpandedIsNeitherDenseNorContiguous) {
  auto impl = make_impl({1, 3});
  impl->set_sizes_and_strides({4, 3}, {0, 1});
  EXPECT_FALSE(impl->is_contiguous());
  EXPECT_FALSE(impl->is_non_overlapping_and_dense());
}

TEST(TensorImpl, StrideOfASizeOneDimensionDoesNotMatter) {
  auto impl = make_impl({1, 3});
  impl->set_sizes_and_strides({1, 3}, {77, 1});
  EXPECT_TRUE(impl->is_contiguous());
}

TEST(TensorImpl, ChannelsLastIsRecognised) {
  auto impl = make_impl({2, 3, 4, 5});
  impl->set_sizes_and_strides({2, 3, 4, 5}, {60, 1, 15, 3});
  EXPECT_TRUE(impl->is_contiguous(MemoryFormat::ChannelsLast));
  EXPECT_FALSE(impl->is_contiguous());
}

TEST(TensorImpl, MoreThanFiveDimensionsLiveOnTheHeap) {
  auto impl = make_impl({2, 1, 2, 1, 2, 1, 2});
  EXPECT_EQ(impl->strides(), IntArrayRef({8, 8, 4, 4, 2, 2, 1}));
  impl->set_sizes_contiguous({16});
  EXPECT_EQ(impl->sizes(), IntArrayRef({16}));
  impl->set_sizes_contiguous({2, 2, 2, 2, 1, 1});
  EXPECT_EQ(impl->dim(), 6);
}

TEST(TensorImpl, SizesMayComeFromItself) {
  auto impl = make_impl({2, 3, 4});
  impl->set_sizes_contiguous(impl->sizes().slice(1));
  EXPECT_EQ(impl->sizes(), IntArrayRef({3, 4}));
  EXPECT_EQ(impl->strides(), IntArrayRef({4, 1}));
}

TEST(TensorImpl, DataStartsAtTheOffset) {
  auto impl = make_impl({6});
  auto* start = static_cast<float*>(impl->data());
  impl->set_storage_offset(2);
  EXPECT_EQ(static_cast<float*>(impl->data()), start + 2);
}

TEST(TensorImpl, BackendKeyFollowsTheDevice) {
  auto impl = make_impl({1});
  EXPECT_TRUE(impl->key_set() == DispatchKeySet(DispatchKey::CPU));
}

TEST(TensorImpl, ViewRequiresGradWithItsBase) {
  auto base = make_impl({4});
  auto view = base->shallow_copy();
  view->set_view_base(base, CreationMeta::Default);
  EXPECT_FALSE(view->key_set().has(DispatchKey::Autograd));
  base->add_key(DispatchKey::Autograd);
  EXPECT_TRUE(view->key_set().has(DispatchKey::Autograd));
  EXPECT_FALSE(view->own_key_set().has(DispatchKey::Autograd));
}

TEST(TensorImpl, VersionIsSharedThroughTheStorage) {
  auto a = make_impl({4});
  auto b = a->shallow_copy();
  a->bump_version();
  EXPECT_EQ(b->version(), 1u);
}

TEST(TensorImpl, PrivateVersionStandsAlone) {
  auto a = make_impl({4});
  auto b = a->shallow_copy();
  b->set_private_version(0);
  b->bump_version();
  EXPECT_EQ(a->version(), 0u);
  EXPECT_EQ(b->version(), 1u);
}

TEST(TensorImpl, PrivateVersionIsSharedByAliases) {
  auto a = make_impl({4});
  a->set_private_version(7);
  auto b = a->shallow_copy();
  b->bump_version();
  EXPECT_EQ(a->version(), 8u);
}

TEST(TensorImpl, ViewRemembersTheVersionItWasMadeAt) {
  auto base = make_impl({4});
  base->bump_version();
  auto view = base->shallow_copy();
  view->set_view_base(base, CreationMeta::Default);
  base->bump_version();
  EXPECT_EQ(view->attr_version(), 1u);
  EXPECT_EQ(view->version(), 2u);
}

TEST(TensorImpl, ShallowCopyTakesNoLinks) {
  auto base = make_impl({4});
  auto view = base->shallow_copy();
  view->set_view_base(base, CreationMeta::Default);
  auto copy = view->shallow_copy();
  EXPECT_FALSE(copy->view_base().defined());
  EXPECT_EQ(copy->autograd_meta(), nullptr);
  EXPECT_EQ(copy->storage(), base->storage());
}

TEST(TensorImpl, ShallowCopyFromKeepsTheAutogradBit) {
  auto x = make_impl({2});
  x->add_key(DispatchKey::Autograd);
  auto y = make_impl({3, 3});
  x->shallow_copy_from(*y);
  EXPECT_TRUE(x->key_set().has(DispatchKey::Autograd));
  EXPECT_EQ(x->sizes(), IntArrayRef({3, 3}));
}

TEST(TensorImpl, InferenceModeMarksNewTensors) {
  ThreadLocalStateGuard guard;
  tls_state.inference_mode = true;
  EXPECT_TRUE(make_impl({1})->is_inference());
}

TEST(TensorBase, NegativeDimensionsCountFromTheEnd) {
  at::TensorBase t(make_impl({2, 3}));
  EXPECT_EQ(t.size(-1), 3);
  EXPECT_EQ(t.stride(-2), 3);
}

TEST(TensorBase, DimensionOutOfRangeIsAnIndexError) {
  at::TensorBase t(make_impl({2, 3}));
  try {
    t.size(2);
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::Index);
    EXPECT_STREQ(
        error.what(),
        "Dimension out of range (expected to be in range of [-2, 1], but got "
        "2)");
  }
}

TEST(TensorBase, WrongDataTypeIsRefused) {
  at::TensorBase t(make_impl({1}));
  try {
    t.data_ptr<int64_t>();
    FAIL();
  } catch (const Error& error) {
    EXPECT_STREQ(
        error.what(), "expected scalar type Long but found Float");
  }
}

} // namespace
