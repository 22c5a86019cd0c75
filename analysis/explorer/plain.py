"""Numbers as JSON has them."""

import json
import math
from typing import Any

DIGITS = 6  # significant ones: more than any page shows


def plain(value: Any) -> Any:
    """A value with short numbers in it; null where a number is not there."""
    if isinstance(value, dict):
        return {str(key): plain(one) for key, one in value.items()}
    if hasattr(value, "tolist"):
        return plain(value.tolist())
    if isinstance(value, list | tuple):
        return [plain(one) for one in value]
    if isinstance(value, float):
        return float(f"{value:.{DIGITS}g}") if math.isfinite(value) else None
    return value


def written(value: Any) -> bytes:
    """A value as it goes over the line."""
    return json.dumps(value, separators=(",", ":"), allow_nan=False, ensure_ascii=False).encode()
