"""One adapter a program. Each asserts its own postcondition: an exit status of zero is a claim, not evidence."""
