"""Gates about the built archives."""
