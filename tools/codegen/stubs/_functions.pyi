# The classes of backward nodes by name; one is made when its operator first records.
from typing import Any

def __getattr__(name: str) -> Any: ...
