"""Versions: their order and arithmetic, their tags, the places that state them, and how those are changed."""
