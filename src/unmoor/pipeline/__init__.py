"""How any stage is carried out; nothing in here knows a stage by its name."""
