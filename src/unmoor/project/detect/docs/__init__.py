"""How a project builds its documentation: what it runs, what Read the Docs is told, what the engine's files name."""
