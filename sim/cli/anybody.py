"""Commands on anybody's probabilistic analysis."""
