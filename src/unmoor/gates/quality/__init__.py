"""Gates that run the project's own tools: format, lint, types, tests, documentation."""
