// The stubs of the comparisons; kernels are in cpu/CompareKernel.
#include "aten/native/Compare.h"

namespace at::native {

DEFINE_DISPATCH(eq_stub);
DEFINE_DISPATCH(ne_stub);
DEFINE_DISPATCH(lt_stub);
DEFINE_DISPATCH(le_stub);
DEFINE_DISPATCH(gt_stub);
DEFINE_DISPATCH(ge_stub);

} // namespace at::native
