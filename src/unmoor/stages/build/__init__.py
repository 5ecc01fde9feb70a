"""The build: its step, the record of what was sealed, and the way back for archives that got lost."""
