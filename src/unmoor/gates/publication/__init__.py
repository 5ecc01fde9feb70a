"""Gates around what cannot be undone: evidence, approval, credentials, and what an index or remote has afterwards."""
