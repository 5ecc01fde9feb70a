"""Evidence: what a stage leaves behind, how it is written, and when it still counts."""
