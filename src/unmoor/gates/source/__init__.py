"""Gates about the clone, its version and its content, before anything is built."""
