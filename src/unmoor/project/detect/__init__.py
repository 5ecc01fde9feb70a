"""What need not be said because the project shows it: one file a fact, each value with its reason."""
