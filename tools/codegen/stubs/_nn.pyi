# Argument parsing of Tensor.to and Module.to.
def _parse_to(
    *args: Any, **kwargs: Any
) -> tuple[_device | None, _dtype | None, _bool, _memory_format | None]: ...

# What operators make.
