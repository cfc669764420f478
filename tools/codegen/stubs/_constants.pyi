# The objects that torch shows as torch.float32, torch.strided and so on. A file
# apart, since some of them are called like Python's own types.
from torch._C import dtype, layout, memory_format

bfloat16: dtype
bool: dtype
cdouble: dtype
cfloat: dtype
complex128: dtype
complex64: dtype
double: dtype
float: dtype
float16: dtype
float32: dtype
float64: dtype
half: dtype
int: dtype
int16: dtype
int32: dtype
int64: dtype
int8: dtype
long: dtype
short: dtype
uint8: dtype

sparse_coo: layout
strided: layout

channels_last: memory_format
channels_last_3d: memory_format
contiguous_format: memory_format
preserve_format: memory_format
