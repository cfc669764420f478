"""Modules by topic; `torch.nn` shows them all under one roof."""

# ruff: noqa: F403

from __future__ import annotations

from typing import TYPE_CHECKING

from . import (
    activation,
    attention,
    batchnorm,
    container,
    conv,
    distance,
    dropout,
    flatten,
    linear,
    loss,
    normalization,
    padding,
    pixelshuffle,
    pooling,
    rnn,
    sparse,
    transformer,
)
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

_TOPICS = (
    activation,
    attention,
    batchnorm,
    container,
    conv,
    distance,
    dropout,
    flatten,
    linear,
    loss,
    normalization,
    padding,
    pixelshuffle,
    pooling,
    rnn,
    sparse,
    transformer,
)
if not TYPE_CHECKING:  # which sees no sum of lists: without __all__ it takes all names
    __all__ = [name for topic in _TOPICS for name in topic.__all__]
    __all__ += ["Module"]
