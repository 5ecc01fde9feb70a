"""One file a task: what ``unmoor NAME`` and ``invoke NAME`` do.

To add one: write ``commands/<name>.py`` with a function that returns an ``Exit``, and a task in ``unmoor.tasks``.
"""
