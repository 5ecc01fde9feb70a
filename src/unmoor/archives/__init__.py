"""The built archives: read safely, sealed, compared with the tree they came from, and installed on trial."""
