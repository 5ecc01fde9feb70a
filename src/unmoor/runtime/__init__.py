"""The doors to the machine: programs, HTTP, locks, durable files, and what must never be printed."""
