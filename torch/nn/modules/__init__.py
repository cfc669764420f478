"""Modules by topic; `torch.nn` shows them all under one roof."""

# ruff: noqa: F403

from __future__ import annotations

from typing import TYPE_CHECKING

from .activation import *
from .attention import *
from .batchnorm import *
from .container import *
from .conv import *
from .distance import *
from .dropout import *
from .flatten import *
from .linear import *
from .loss import *
from .module import Module as Module
from .normalization import *
from .padding import *
from .pixelshuffle import *
from .pooling import *
from .rnn import *
from .sparse import *
from .transformer import *

# A type checker reads no comprehension; without __all__ it takes all names.
if not TYPE_CHECKING:
    __all__ = [name for name, value in globals().items() if isinstance(value, type)]
