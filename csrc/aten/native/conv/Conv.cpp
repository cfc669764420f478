// The table of convolution providers and the choice among them.
#include "aten/native/conv/Conv.h"

namespace at::native::conv {
namespace {

const ConvProvider* const kProviders[] = {
    &im2col_conv_provider,
#ifdef USE_ONEDNN
    &onednn_conv_provider,
#endif
};

} // namespace

bool ConvProblem::operator==(const ConvProblem& o) const {
  return dtype == o.dtype && batch == o.batch && groups == o.groups &&
      in_channels == o.in_channels && out_channels == o.out_channels &&
      in == o.in && out == o.out && kernel == o.kernel && stride == o.stride &&
      padding == o.padding && dilation == o.dilation;
}

ArrayRef<const ConvProvider*> conv_providers() {
  return kProviders;
}

const ConvProvider& select_conv_provider(const ConvProblem& p) {
  const ConvProvider* chosen = &im2col_conv_provider;
  if (p.work() <= kTinyConvolution) {
    return *chosen;
  }
  for (const ConvProvider* provider : kProviders) {
    if (provider->supports(p) && provider->available()) {
      chosen = provider;
    }
  }
  return *chosen;
}

} // namespace at::native::conv
