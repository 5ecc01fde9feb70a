"""unmoor's own change notes, versions and reports, with its own tasks."""

from unmoor.tasks import namespace as ns  # noqa: F401 - invoke looks for this name
