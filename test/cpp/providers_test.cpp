// Every provider of products and convolutions against the definition, and the
// choice among providers.
#include <gtest/gtest.h>

#include <random>
#include <string>
#include <vector>

#include "aten/native/blas/Gemm.h"
#include "aten/native/conv/Conv.h"

namespace {

using namespace at::native;

std::vector<float> random_values(int64_t n, unsigned seed) {
  std::mt19937 engine(seed);
  std::uniform_real_distribution<float> uniform(-1, 1);
  std::vector<float> values(static_cast<size_t>(n));
  for (float& v : values) {
    v = uniform(engine);
  }
  return values;
}

void expect_close(const std::vector<float>& a, const std::vector<float>& b) {
  ASSERT_EQ(a.size(), b.size());
  for (size_t i = 0; i < a.size(); ++i) {
    ASSERT_NEAR(a[i], b[i], 1e-4f) << "element " << i;
  }
}

// ----------------------------------------------------------------- products

struct GemmCase {
  int64_t m, n, k;
  bool transpose_a, transpose_b;
  double alpha, beta;
};

class Gemm : public testing::TestWithParam<GemmCase> {};

TEST_P(Gemm, EveryProviderAgreesWithTheDefinition) {
  const GemmCase p = GetParam();
  const auto a = random_values(p.m * p.k, 1);
  const auto b = random_values(p.k * p.n, 2);
  const auto before = random_values(p.m * p.n, 3);
  std::vector<float> expected(before);
  for (int64_t i = 0; i < p.m; ++i) {
    for (int64_t j = 0; j < p.n; ++j) {
      double sum = 0;
      for (int64_t k = 0; k < p.k; ++k) {
        sum += a[p.transpose_a ? k * p.m + i : i * p.k + k] *
            b[p.transpose_b ? j * p.k + k : k * p.n + j];
      }
      float& c = expected[i * p.n + j];
      c = static_cast<float>(p.alpha * sum + p.beta * c);
    }
  }
  for (const blas::GemmProvider* provider : blas::gemm_providers()) {
    if (!provider->available()) {
      continue;
    }
    SCOPED_TRACE(provider->name);
    std::vector<float> c(before);
    blas::GemmCall call;
    call.dtype = c10::ScalarType::Float;
    call.m = p.m;
    call.n = p.n;
    call.k = p.k;
    call.a = {a.data(), p.transpose_a ? p.m : p.k, p.transpose_a};
    call.b = {b.data(), p.transpose_b ? p.k : p.n, p.transpose_b};
    call.c = c.data();
    call.ldc = p.n;
    call.alpha = p.alpha;
    call.beta = p.beta;
    provider->gemm(call);
    expect_close(c, expected);
  }
}

INSTANTIATE_TEST_SUITE_P(
    Shapes,
    Gemm,
    testing::Values(
        GemmCase{1, 1, 1, false, false, 1, 0},
        GemmCase{4, 4, 4, false, true, 1, 0},
        GemmCase{3, 5, 7, true, false, 2, 0.5},
        GemmCase{33, 70, 300, false, false, 1, 1},
        GemmCase{65, 300, 20, true, true, -1, 0},
        GemmCase{2, 100, 1, false, true, 1, 2}));

TEST(GemmProviders, AZeroBetaForgetsNaN) {
  const float a = 2, b = 3;
  for (const blas::GemmProvider* provider : blas::gemm_providers()) {
    float c = std::numeric_limits<float>::quiet_NaN();
    blas::GemmCall call;
    call.dtype = c10::ScalarType::Float;
    call.m = call.n = call.k = 1;
    call.a.data = &a;
    call.b.data = &b;
    call.c = &c;
    call.ldc = 1;
    provider->gemm(call);
    EXPECT_EQ(c, 6) << provider->name;
  }
}

TEST(GemmProviders, IntegersAndTinyProductsStayBuiltIn) {
  using c10::ScalarType;
  const auto name = [](ScalarType t, int64_t n) {
    return std::string(blas::select_gemm_provider(t, n, n, n).name);
  };
  EXPECT_EQ(name(ScalarType::Long, 500), "built-in");
  EXPECT_EQ(name(ScalarType::Float, 4), "built-in");
  EXPECT_EQ(
      name(ScalarType::Float, 500),
      blas::gemm_providers()[blas::gemm_providers().size() - 1]->name);
}

// -------------------------------------------------------------- convolutions

conv::ConvProblem make_problem(
    int64_t channels,
    int64_t outputs,
    int64_t groups,
    int64_t size,
    int64_t kernel,
    int64_t stride,
    int64_t padding,
    int64_t dilation) {
  const int64_t out =
      (size + 2 * padding - dilation * (kernel - 1) - 1) / stride + 1;
  return conv::ConvProblem{
      c10::ScalarType::Float,
      2,
      groups,
      channels,
      outputs,
      {1, size, size},
      {1, out, out},
      {1, kernel, kernel},
      {1, stride, stride},
      {0, padding, padding},
      {1, dilation, dilation}};
}

// visit(index in x, in w, in y) for every product of the definition.
template <typename F>
void for_each_product(const conv::ConvProblem& p, const F& visit) {
  const int64_t cg = p.in_channels / p.groups;
  const int64_t og = p.out_channels / p.groups;
  for (int64_t n = 0; n < p.batch; ++n)
    for (int64_t o = 0; o < p.out_channels; ++o)
      for (int64_t c = 0; c < cg; ++c)
        for (int64_t yh = 0; yh < p.out[1]; ++yh)
          for (int64_t yw = 0; yw < p.out[2]; ++yw)
            for (int64_t kh = 0; kh < p.kernel[1]; ++kh)
              for (int64_t kw = 0; kw < p.kernel[2]; ++kw) {
                const int64_t h =
                    yh * p.stride[1] - p.padding[1] + kh * p.dilation[1];
                const int64_t w =
                    yw * p.stride[2] - p.padding[2] + kw * p.dilation[2];
                if (h < 0 || h >= p.in[1] || w < 0 || w >= p.in[2]) {
                  continue;
                }
                const int64_t channel = o / og * cg + c;
                visit(
                    ((n * p.in_channels + channel) * p.in[1] + h) * p.in[2] +
                        w,
                    ((o * cg + c) * p.kernel[1] + kh) * p.kernel[2] + kw,
                    ((n * p.out_channels + o) * p.out[1] + yh) * p.out[2] +
                        yw);
              }
}

TEST(ConvProviders, TinyAndDoubleProblemsStayBuiltIn) {
  conv::ConvProblem p = make_problem(1, 1, 1, 8, 3, 1, 0, 1);
  EXPECT_STREQ(conv::select_conv_provider(p).name, "built-in");
  p = make_problem(64, 64, 1, 32, 3, 1, 1, 1);
  EXPECT_STREQ(
      conv::select_conv_provider(p).name,
      conv::conv_providers()[conv::conv_providers().size() - 1]->name);
  p.dtype = c10::ScalarType::Double;
  EXPECT_STREQ(conv::select_conv_provider(p).name, "built-in");
}

class Conv : public testing::TestWithParam<conv::ConvProblem> {};

TEST_P(Conv, EveryProviderAgreesWithTheDefinition) {
  const conv::ConvProblem p = GetParam();
  const int64_t nx = p.batch * p.in_channels * p.in_size();
  const int64_t nw =
      p.out_channels * (p.in_channels / p.groups) * p.kernel_size();
  const int64_t ny = p.batch * p.out_channels * p.out_size();
  const auto x = random_values(nx, 1);
  const auto w = random_values(nw, 2);
  const auto bias = random_values(p.out_channels, 3);
  const auto gy = random_values(ny, 4);
  std::vector<float> y(ny), gx(nx, 0), gw(nw, 0), gb(p.out_channels, 0);
  for (int64_t i = 0; i < ny; ++i) {
    const int64_t o = i / p.out_size() % p.out_channels;
    y[i] = bias[o];
    gb[o] += gy[i];
  }
  for_each_product(p, [&](int64_t ix, int64_t iw, int64_t iy) {
    y[iy] += x[ix] * w[iw];
    gx[ix] += gy[iy] * w[iw];
    gw[iw] += gy[iy] * x[ix];
  });
  for (const conv::ConvProvider* provider : conv::conv_providers()) {
    if (!provider->available() || !provider->supports(p)) {
      continue;
    }
    SCOPED_TRACE(provider->name);
    std::vector<float> y2(ny), gx2(nx), gw2(nw), gb2(p.out_channels);
    provider->forward(p, x.data(), w.data(), bias.data(), y2.data());
    expect_close(y2, y);
    provider->backward_input(p, gy.data(), w.data(), gx2.data());
    expect_close(gx2, gx);
    provider->backward_weight(
        p, gy.data(), x.data(), gw2.data(), gb2.data());
    expect_close(gw2, gw);
    expect_close(gb2, gb);
  }
}

INSTANTIATE_TEST_SUITE_P(
    Problems,
    Conv,
    testing::Values(
        make_problem(3, 4, 1, 7, 3, 1, 0, 1),
        make_problem(3, 4, 1, 8, 3, 2, 1, 1),
        make_problem(4, 6, 2, 7, 3, 1, 2, 2),
        make_problem(4, 4, 4, 6, 3, 1, 1, 1),
        make_problem(5, 3, 1, 5, 1, 1, 0, 1),
        make_problem(2, 2, 1, 9, 2, 3, 1, 1)));

} // namespace
