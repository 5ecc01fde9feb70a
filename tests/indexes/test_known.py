from __future__ import annotations

from urllib.parse import urlsplit

import pytest
from pypi_simple import PYPI_SIMPLE_ENDPOINT
from twine.utils import DEFAULT_REPOSITORY, TEST_REPOSITORY

from unmoor.errors import SettingsError
from unmoor.indexes import known


def test_urls_are_those_of_the_tools():
    assert known.upload_url("pypi") == DEFAULT_REPOSITORY
    assert known.upload_url("testpypi") == TEST_REPOSITORY
    assert known.simple_url("pypi") == PYPI_SIMPLE_ENDPOINT
    test = urlsplit(known.simple_url("testpypi"))
    assert (test.netloc, test.path) == (urlsplit(TEST_REPOSITORY).netloc, "/simple/")


@pytest.mark.parametrize("ask", [known.upload_url, known.simple_url])
def test_other_names_have_none(ask):
    with pytest.raises(SettingsError, match="no well-known URL"):
        ask("company")
