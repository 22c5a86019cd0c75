"""Numbers as JSON has them."""

import json
import math
from typing import Any

DIGITS = 6  # significant ones: more than any page shows


def short_numbers(value: Any) -> Any:
    """A value with short numbers in it; null where a number is not there."""
    if isinstance(value, dict):
        return {str(key): short_numbers(one) for key, one in value.items()}
    if hasattr(value, "tolist"):
        return short_numbers(value.tolist())
    if isinstance(value, list | tuple):
        return [short_numbers(one) for one in value]
    if isinstance(value, float):
        return float(f"{value:.{DIGITS}g}") if math.isfinite(value) else None
    return value


def json_value(value: Any) -> bytes:
    """A value as it goes over the line."""
    return json.dumps(value, separators=(",", ":"), allow_nan=False, ensure_ascii=False).encode()
