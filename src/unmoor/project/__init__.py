"""What the project says about itself: its settings, and what could be detected, each value with its reason."""
