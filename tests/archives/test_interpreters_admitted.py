"""A wheel is tried on the Pythons that its tags admit, and on no others (PEP 425)."""

from __future__ import annotations

import sys

import pytest

from unmoor.archives.interpreters import admitted

SUPPORTED = ("3.10", "3.11", "3.12", "3.13")
OWN = (f"{sys.version_info.major}.{sys.version_info.minor}",)


@pytest.mark.parametrize(
    ("tags", "expected"),
    [
        ("py3-none-any", SUPPORTED),
        ("py2.py3-none-any", SUPPORTED),
        ("cp312-cp312-linux_x86_64", ("3.12",)),
        ("cp311-abi3-manylinux_2_17_x86_64.manylinux2014_x86_64", ("3.11", "3.12", "3.13")),
        ("cp310.cp313-none-win_amd64", ("3.10", "3.13")),
        ("py312-none-any", ("3.12", "3.13")),
        ("cp313-cp313t-linux_x86_64", OWN),
        ("pp310-pypy310_pp73-linux_x86_64", OWN),
        ("cp39-cp39-linux_x86_64", OWN),
    ],
)
def test_by_its_tags(tags, expected):
    assert admitted(f"sample-1.0-{tags}.whl", SUPPORTED) == expected


def test_a_name_that_is_no_wheels_is_another_gates_matter():
    assert admitted("sample.whl", SUPPORTED) == SUPPORTED
