"""What fills the pages can be imported here: ``support.pages`` knows where it lies."""

from support import pages  # noqa: F401 - for its path
