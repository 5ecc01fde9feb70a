"""The rehearsal's world: loopback indexes with PyPI's upload rules, and a bare remote."""
