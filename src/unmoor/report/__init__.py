"""What people read, made from evidence alone: progress, the last words of a run, Markdown and JSON."""
