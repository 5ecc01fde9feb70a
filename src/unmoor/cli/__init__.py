"""What the faces share: the words after ``--``, the sessions that join the chain, and what one invocation knows."""
