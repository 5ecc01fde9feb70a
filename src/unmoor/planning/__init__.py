"""What will be released: versions, change notes, the plan; and the edits to the tree that carry it out."""
