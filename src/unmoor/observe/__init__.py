"""The one reader of what is so: the clone, the remote, the index. Each question is asked once a run."""
