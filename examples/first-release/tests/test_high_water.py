import pytest
from tidewater_example import high_water


@pytest.mark.parametrize(("after", "then"), [(0, 3.0), (3, 3.0), (4, 15.42), (16, 27.84)])
def test_the_next_high_water(after: float, then: float) -> None:
    assert high_water(3.0, after) == pytest.approx(then)
