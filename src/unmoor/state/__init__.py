"""The state folder: where everything lies, the plans kept, the evidence of each release."""
