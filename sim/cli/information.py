"""Commands on the value of information."""
