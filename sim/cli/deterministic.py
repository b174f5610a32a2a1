"""Commands on one parameter at a time."""
