"""When the water is high."""

__all__ = ["high_water"]

_BETWEEN = 12.42  # hours from one high water to the next


def high_water(first: float, after: float) -> float:
    """Return the first high water at or after an hour, both counted from the same midnight."""
    passed = max(0.0, after - first)
    return first + _BETWEEN * -(-passed // _BETWEEN)
