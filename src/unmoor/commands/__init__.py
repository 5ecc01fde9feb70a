"""One file a task: what ``unmoor NAME`` and ``invoke NAME`` do."""
