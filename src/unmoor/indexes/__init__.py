"""Package indexes: what they serve, what they accept, where they are, and who may upload to them."""
