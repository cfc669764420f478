// gpu_kernel<S>(iter, functor): runs a formula over a TensorIterator, as
// cpu_kernel does (native/cpu/Loops.h): the functor sees numbers of the
// compute type opmath_type<S>, its result is stored as S, a bool as bool,
// anything else as it is. gpu_kernel_typed<Out, In...> names each type;
// gpu_kernel_costly<S> is for formulas that outweigh their memory traffic.
//
// Three kernels, chosen per launch: 16-byte accesses for dense aligned
// operands, 32-bit offsets for strided ones, run-time dtypes where an operand
// is of another type than the formula. Read IterationSpace.h first.
#pragma once

#include <algorithm>
#include <tuple>

#include "aten/Dispatch.h"
#include "aten/native/FunctorTraits.h"
#include "aten/native/cuda/Convert.cuh"
#include "aten/native/cuda/IterationSpace.h"
#include "aten/native/cuda/Launch.cuh"

// A formula is written once for signed and unsigned types: "x < 0" may be
// pointless for one of them.
#ifdef __CUDACC__
#pragma nv_diag_suppress 186
#endif

namespace at::native {
namespace {

// Elements a thread takes: independent loads hide the memory's latency.
constexpr int kStridedWork = 4;

// Kernel arguments are marked __grid_constant__: what is indexed by a variable
// stays in constant memory instead of being copied to each thread.

// ------------------------------------------------------------- arguments

// Storage types: what lies in memory, the output first.
template <typename Out_, typename... In_>
struct Signature {
  using Out = Out_;
  static constexpr int N = sizeof...(In_);
  using Indices = std::make_index_sequence<N>;
  template <size_t I>
  using In = std::tuple_element_t<I, std::tuple<In_...>>;
  template <size_t I>
  using Compute = opmath_type<In<I>>;
  static constexpr size_t kWidest = std::max({sizeof(Out_), sizeof(In_)...});
  // Elements of one 16-byte access.
  static constexpr int kVector = static_cast<int>(16 / kWidest);
};

template <int N>
struct Pointers {
  char* at[N];
};

// Inputs that are numbers, by value: one slot each, of the compute type.
template <int N>
struct Numbers {
  uint32_t mask = 0;
  alignas(16) char value[N < 1 ? 1 : N][16];

  template <typename T>
  __device__ __forceinline__ T get(int i) const {
    return *reinterpret_cast<const T*>(value[i]);
  }
};

// W values of each input, of its compute type.
template <size_t I, typename T, int W>
struct Slot {
  T at[W];
};
template <typename Sig, int W, typename Indices = typename Sig::Indices>
struct Slots;
template <typename Sig, int W, size_t... I>
struct Slots<Sig, W, std::index_sequence<I...>>
    : Slot<I, typename Sig::template Compute<I>, W>... {
  template <size_t K>
  __device__ __forceinline__ auto& of() {
    using S = Slot<K, typename Sig::template Compute<K>, W>;
    return static_cast<S&>(*this).at;
  }
};

template <typename Sig, size_t K, int W>
__device__ __forceinline__ void load_number(
    Slots<Sig, W>& in,
    const Numbers<Sig::N>& numbers) {
  using T = typename Sig::template Compute<K>;
#pragma unroll
  for (int w = 0; w < W; ++w) {
    in.template of<K>()[w] = numbers.template get<T>(K);
  }
}

template <typename Sig, int W, typename F, size_t... I>
__device__ __forceinline__ auto
apply(const F& f, Slots<Sig, W>& in, int w, std::index_sequence<I...>) {
  return f(in.template of<I>()[w]...);
}

// f's result as it is stored.
template <typename Sig, int W, typename F>
__device__ __forceinline__ typename Sig::Out
compute(const F& f, Slots<Sig, W>& in, int w) {
  return static_cast<typename Sig::Out>(
      apply<Sig, W>(f, in, w, typename Sig::Indices()));
}

// -------------------------------------------------------- dense, aligned

template <typename T, int V>
struct alignas(sizeof(T) * V) Packed {
  T at[V];
};

template <typename Sig, size_t I, int W>
__device__ __forceinline__ void
load_packed(Slots<Sig, W>& in, const char* p, const Numbers<Sig::N>& numbers) {
  using S = typename Sig::template In<I>;
  using T = typename Sig::template Compute<I>;
  // A bool is read as a byte.
  using Raw = std::conditional_t<std::is_same<S, bool>::value, uint8_t, S>;
  if (numbers.mask >> I & 1) {
    load_number<Sig, I, W>(in, numbers);
    return;
  }
  auto& to = in.template of<I>();
  const auto packed = *reinterpret_cast<const Packed<Raw, W>*>(p);
#pragma unroll
  for (int w = 0; w < W; ++w) {
    if constexpr (std::is_same<S, bool>::value) {
      to[w] = packed.at[w] != 0;
    } else {
      to[w] = static_cast<T>(packed.at[w]);
    }
  }
}

template <typename Sig, int W, size_t... I>
__device__ __forceinline__ void load_all_packed(
    Slots<Sig, W>& in,
    const Pointers<Sig::N + 1>& data,
    const Numbers<Sig::N>& numbers,
    uint32_t i,
    std::index_sequence<I...>) {
  (load_packed<Sig, I, W>(
       in,
       data.at[I + 1] +
           static_cast<size_t>(i) * sizeof(typename Sig::template In<I>),
       numbers),
   ...);
}

// Each thread takes one packed access of every operand; the last one of a
// ragged end goes element by element.
template <typename Sig, typename F>
__global__ void __launch_bounds__(kThreads) packed_kernel(
    const F f,
    const __grid_constant__ Pointers<Sig::N + 1> data,
    const __grid_constant__ Numbers<Sig::N> numbers,
    const uint32_t n) {
  using Out = typename Sig::Out;
  constexpr int V = Sig::kVector;
  const uint32_t first = (blockIdx.x * kThreads + threadIdx.x) * V;
  auto* const out = reinterpret_cast<Out*>(data.at[0]);
  if (first + V <= n) {
    Slots<Sig, V> in;
    load_all_packed<Sig, V>(
        in, data, numbers, first, typename Sig::Indices());
    Packed<Out, V> results;
#pragma unroll
    for (int w = 0; w < V; ++w) {
      results.at[w] = compute<Sig, V>(f, in, w);
    }
    *reinterpret_cast<Packed<Out, V>*>(out + first) = results;
    return;
  }
#pragma unroll 1
  for (uint32_t i = first; i < n; ++i) {
    Slots<Sig, 1> in;
    load_all_packed<Sig, 1>(in, data, numbers, i, typename Sig::Indices());
    out[i] = compute<Sig, 1>(f, in, 0);
  }
}

// ---------------------------------------------------------------- strided

// Which elements a thread takes, W of them kThreads apart, and where they
// lie: offset[k][w] in operand k. Those beyond n come last and are not counted.
template <int W, int M>
__device__ __forceinline__ int locate(
    const OffsetCalculator<M>& calculator,
    uint32_t n,
    uint32_t (&offset)[M][W]) {
  const uint32_t first = blockIdx.x * (kThreads * W) + threadIdx.x;
  uint32_t linear[W];
  int count = 0;
#pragma unroll
  for (int w = 0; w < W; ++w) {
    linear[w] = first + w * kThreads;
    count += linear[w] < n;
  }
  calculator.template get<W>(linear, offset);
  return count;
}

template <typename Sig, int W, size_t... I>
__device__ __forceinline__ void load_all_strided(
    Slots<Sig, W>& in,
    const Pointers<Sig::N + 1>& data,
    const Numbers<Sig::N>& numbers,
    const uint32_t (&offset)[Sig::N + 1][W],
    int count,
    std::index_sequence<I...>) {
  const auto load = [&](auto index) {
    constexpr size_t K = decltype(index)::value;
    using S = typename Sig::template In<K>;
    using T = typename Sig::template Compute<K>;
    if (numbers.mask >> K & 1) {
      load_number<Sig, K, W>(in, numbers);
      return;
    }
#pragma unroll
    for (int w = 0; w < W; ++w) {
      if (w < count) {
        in.template of<K>()[w] = static_cast<T>(
            load_element<S>(data.at[K + 1] + offset[K + 1][w]));
      }
    }
  };
  (load(std::integral_constant<size_t, I>()), ...);
}

template <typename Sig, typename F>
__global__ void __launch_bounds__(kThreads) strided_kernel(
    const F f,
    const __grid_constant__ Pointers<Sig::N + 1> data,
    const __grid_constant__ Numbers<Sig::N> numbers,
    const __grid_constant__ OffsetCalculator<Sig::N + 1> calculator,
    const uint32_t n) {
  constexpr int W = kStridedWork;
  uint32_t offset[Sig::N + 1][W];
  const int count = locate<W>(calculator, n, offset);
  Slots<Sig, W> in;
  load_all_strided<Sig, W>(
      in, data, numbers, offset, count, typename Sig::Indices());
#pragma unroll
  for (int w = 0; w < W; ++w) {
    if (w < count) {
      *reinterpret_cast<typename Sig::Out*>(data.at[0] + offset[0][w]) =
          compute<Sig, W>(f, in, w);
    }
  }
}

// ------------------------------------------------------ dtypes at run time

// memory: the operand's dtype. formula: the storage type that the formula was
// written for; a 16-bit one rounds what is read from and written to others.
template <int N>
struct Dtypes {
  ScalarType memory[N];
  ScalarType formula[N];
};

template <typename T>
__device__ __forceinline__ T round_to(T x, ScalarType dtype) {
  if constexpr (std::is_same<T, float>::value) {
    if (dtype == ScalarType::Half) {
      return static_cast<float>(c10::Half(x));
    }
    if (dtype == ScalarType::BFloat16) {
      return static_cast<float>(c10::BFloat16(x));
    }
  }
  return x;
}

template <typename T, int W>
__device__ __forceinline__ void load_any(
    T (&to)[W],
    const char* p,
    const uint32_t (&offset)[W],
    int count,
    ScalarType memory,
    ScalarType formula) {
  switch_dtype<0, kind_of<T>>(memory, [&](auto type) {
    using S = decltype(type);
#pragma unroll
    for (int w = 0; w < W; ++w) {
      if (w < count) {
        to[w] = convert<T>(load_element<S>(p + offset[w]));
      }
    }
  });
#pragma unroll
  for (int w = 0; w < W; ++w) {
    if (w < count) {
      to[w] = round_to(to[w], formula);
    }
  }
}

template <typename Sig, int W, size_t... I>
__device__ __forceinline__ void load_all_any(
    Slots<Sig, W>& in,
    const Pointers<Sig::N + 1>& data,
    const Numbers<Sig::N>& numbers,
    const uint32_t (&offset)[Sig::N + 1][W],
    int count,
    const Dtypes<Sig::N + 1>& dtypes,
    std::index_sequence<I...>) {
  const auto load = [&](auto index) {
    constexpr size_t K = decltype(index)::value;
    using T = typename Sig::template Compute<K>;
    if (numbers.mask >> K & 1) {
      load_number<Sig, K, W>(in, numbers);
    } else {
      load_any<T, W>(
          in.template of<K>(),
          data.at[K + 1],
          offset[K + 1],
          count,
          dtypes.memory[K + 1],
          dtypes.formula[K + 1]);
    }
  };
  (load(std::integral_constant<size_t, I>()), ...);
}

// Sig: of compute types, so that all storage types share one kernel.
template <typename Sig, int W, typename F>
__global__ void __launch_bounds__(kThreads) cast_kernel(
    const F f,
    const __grid_constant__ Pointers<Sig::N + 1> data,
    const __grid_constant__ Numbers<Sig::N> numbers,
    const __grid_constant__ OffsetCalculator<Sig::N + 1> calculator,
    const __grid_constant__ Dtypes<Sig::N + 1> dtypes,
    const uint32_t n) {
  using Out = typename Sig::Out;
  uint32_t offset[Sig::N + 1][W];
  const int count = locate<W>(calculator, n, offset);
  Slots<Sig, W> in;
  load_all_any<Sig, W>(
      in, data, numbers, offset, count, dtypes, typename Sig::Indices());
  Out results[W];
#pragma unroll
  for (int w = 0; w < W; ++w) {
    if (w < count) {
      results[w] = round_to(compute<Sig, W>(f, in, w), dtypes.formula[0]);
    }
  }
  switch_dtype<kind_of<Out>, kHighestKind>(dtypes.memory[0], [&](auto type) {
    using S = decltype(type);
#pragma unroll
    for (int w = 0; w < W; ++w) {
      if (w < count) {
        *reinterpret_cast<S*>(data.at[0] + offset[0][w]) =
            convert<S>(results[w]);
      }
    }
  });
}

// --------------------------------------------------------------- launching

template <typename Sig>
struct Arguments {
  Pointers<Sig::N + 1> data;
  Numbers<Sig::N> numbers;
  Dtypes<Sig::N + 1> dtypes;
  bool casts = false; // an operand is of another type than the formula's
};

template <typename Sig, size_t... I>
Arguments<Sig> read_arguments(
    const TensorIterator& iter,
    std::index_sequence<I...>) {
  TORCH_INTERNAL_ASSERT(
      iter.ntensors() == Sig::N + 1 && iter.noutputs() == 1,
      "a formula takes the iterator's inputs and gives one output");
  Arguments<Sig> args;
  [[maybe_unused]] const auto read_input = [&](auto index) {
    constexpr int K = decltype(index)::value;
    using S = typename Sig::template In<K>;
    constexpr ScalarType formula = c10::CppTypeToScalarType<S>::value;
    const ScalarType memory = iter.dtype(K + 1);
    args.dtypes.memory[K + 1] = memory;
    args.dtypes.formula[K + 1] = formula;
    if (iter.is_number(K + 1)) {
      using T = typename Sig::template Compute<K>;
      TORCH_INTERNAL_ASSERT(
          memory == c10::CppTypeToScalarType<T>::value,
          "a number is of the formula's compute type");
      const T value = iter.number<T>(K + 1);
      args.numbers.mask |= 1u << K;
      __builtin_memcpy(args.numbers.value[K], &value, sizeof value);
      return;
    }
    args.casts |= memory != formula;
    TORCH_INTERNAL_ASSERT(
        dtype_kind(memory) <= dtype_kind(formula),
        "an input's dtype goes beyond the formula's");
  };
  (read_input(std::integral_constant<int, I>()), ...);
  constexpr ScalarType formula =
      c10::CppTypeToScalarType<typename Sig::Out>::value;
  args.dtypes.memory[0] = iter.dtype(0);
  args.dtypes.formula[0] = formula;
  args.casts |= iter.dtype(0) != formula;
  TORCH_INTERNAL_ASSERT(
      dtype_kind(iter.dtype(0)) >= dtype_kind(formula),
      "the formula's result does not fit the output's dtype");
  return args;
}

template <typename Sig, size_t... I>
bool is_packed(const IterationSpace& space, std::index_sequence<I...>) {
  const auto fits = [&](size_t operand, size_t size) {
    return space.data[operand] == nullptr ||
        (space.is_dense(operand, static_cast<int64_t>(size)) &&
         reinterpret_cast<uintptr_t>(space.data[operand]) %
                 (size * Sig::kVector) ==
             0);
  };
  return fits(0, sizeof(typename Sig::Out)) &&
      (fits(I + 1, sizeof(typename Sig::template In<I>)) && ...);
}

template <int N>
OffsetCalculator<N> make_calculator(const IterationSpace& space) {
  const int64_t* strides[N];
  for (int k = 0; k < N; ++k) {
    strides[k] = space.strides[k].data();
  }
  return OffsetCalculator<N>(space.sizes, strides);
}

template <typename Sig, size_t... I>
Signature<
    opmath_type<typename Sig::Out>,
    typename Sig::template Compute<I>...>
compute_signature(std::index_sequence<I...>);
template <typename Sig>
using ComputeSignature =
    decltype(compute_signature<Sig>(typename Sig::Indices()));

// kWork: elements of a thread.
template <typename Sig, int kWork, typename F>
void launch_casting(
    const IterationSpace& piece,
    const Arguments<Sig>& args,
    const F& f) {
  const int64_t n = piece.numel();
  launch(
      cast_kernel<ComputeSignature<Sig>, kWork, F>,
      blocks_for(n, kThreads * kWork),
      kThreads,
      f,
      args.data,
      args.numbers,
      make_calculator<Sig::N + 1>(piece),
      args.dtypes,
      static_cast<uint32_t>(n));
}

template <typename Sig, typename F>
void launch_plain(
    const IterationSpace& piece,
    const Arguments<Sig>& args,
    const F& f) {
  const int64_t n = piece.numel();
  if (is_packed<Sig>(piece, typename Sig::Indices())) {
    launch(
        packed_kernel<Sig, F>,
        blocks_for(n, kThreads * Sig::kVector),
        kThreads,
        f,
        args.data,
        args.numbers,
        static_cast<uint32_t>(n));
  } else {
    launch(
        strided_kernel<Sig, F>,
        blocks_for(n, kThreads * kStridedWork),
        kThreads,
        f,
        args.data,
        args.numbers,
        make_calculator<Sig::N + 1>(piece),
        static_cast<uint32_t>(n));
  }
}

// launch(piece, its arguments) over pieces that 32-bit offsets can walk.
template <typename Sig>
void for_each_piece(
    TensorIterator& iter,
    c10::FunctionRef<void(const IterationSpace&, const Arguments<Sig>&)>
        launch) {
  if (iter.numel() > 0) {
    auto args = read_arguments<Sig>(iter, typename Sig::Indices());
    split_for_32bit(iter, [&](const IterationSpace& piece) {
      for (int k = 0; k <= Sig::N; ++k) {
        args.data.at[k] = piece.data[k];
      }
      launch(piece, args);
    });
  }
  iter.cast_outputs();
}

// ------------------------------------------------------------ entry points

template <typename Sig, typename F>
void run_loop(TensorIterator& iter, const F& f) {
  for_each_piece<Sig>(
      iter, [&](const IterationSpace& piece, const Arguments<Sig>& args) {
        if (C10_UNLIKELY(args.casts)) {
          launch_casting<Sig, kStridedWork>(piece, args, f);
        } else {
          launch_plain<Sig>(piece, args, f);
        }
      });
}

// Out, In...: the formula's types in memory. An operand of another dtype is
// converted on the way.
template <typename Out, typename... In, typename F>
void gpu_kernel_typed(TensorIterator& iter, const F& f) {
  run_loop<Signature<Out, In...>>(iter, f);
}

template <typename S, typename F, size_t... I>
auto signature_of(std::index_sequence<I...>) -> Signature<
    typename FunctorTraits<S, F>::Out,
    std::enable_if_t<(I + 1 > 0), S>...>;
template <typename S, typename F>
using SignatureOf =
    decltype(signature_of<S, F>(typename FunctorTraits<S, F>::Indices()));

// S: the element type of the inputs, iter.common_dtype().
template <typename S, typename F>
void gpu_kernel(TensorIterator& iter, const F& f) {
  run_loop<SignatureOf<S, F>>(iter, f);
}

// For formulas of some hundred instructions: one element a thread, and one
// kernel for every layout and for all storage types of a compute type.
template <typename S, typename F>
void gpu_kernel_costly(TensorIterator& iter, const F& f) {
  using Sig = SignatureOf<S, F>;
  for_each_piece<Sig>(
      iter, [&](const IterationSpace& piece, const Arguments<Sig>& args) {
        launch_casting<Sig, 1>(piece, args, f);
      });
}

} // namespace
} // namespace at::native
