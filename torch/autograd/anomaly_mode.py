"""Anomaly detection: find the forward call whose backward failed or made a NaN.

While on, every node keeps the traceback of the call that made it. Entry points:
``detect_anomaly`` and ``set_detect_anomaly``.
"""

from __future__ import annotations

import warnings

from torch._C import (
    is_anomaly_check_nan_enabled,
    is_anomaly_enabled,
    set_anomaly_enabled,
)

__all__ = ["detect_anomaly", "set_detect_anomaly"]


class _Switch:
    """Remembers the state before; its end puts that back."""

    def _remember(self) -> None:
        self._before = is_anomaly_enabled(), is_anomaly_check_nan_enabled()

    def __exit__(self, *exc: object) -> None:
        set_anomaly_enabled(*self._before)


class detect_anomaly(_Switch):
    """Detect anomalies in a ``with`` block. Slow; for debugging only.

    Args:
        check_nan: raise when backward computes a NaN.

    Example:
        >>> import torch, warnings
        >>> with warnings.catch_warnings():
        ...     warnings.simplefilter("ignore")
        ...     with torch.autograd.detect_anomaly():
        ...         torch.is_anomaly_enabled()
        True
    """

    def __init__(self, check_nan: bool = True) -> None:
        self._remember()
        self.check_nan = check_nan
        warnings.warn(
            "Anomaly Detection has been enabled. This mode will increase the runtime "
            "and should only be enabled for debugging.",
            stacklevel=2,
        )

    def __enter__(self) -> None:
        set_anomaly_enabled(True, self.check_nan)


class set_detect_anomaly(_Switch):
    """Switch anomaly detection, from now on or for a ``with`` block.

    Args:
        mode: whether to detect.
        check_nan: raise when backward computes a NaN.
    """

    def __init__(self, mode: bool, check_nan: bool = True) -> None:
        self._remember()
        set_anomaly_enabled(mode, check_nan)

    def __enter__(self) -> None:
        pass
