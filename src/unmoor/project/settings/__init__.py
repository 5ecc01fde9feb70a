"""``[tool.unmoor]``: its schema, its meaning, and its decoding, with every mistake in it told at once."""
