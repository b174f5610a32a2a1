"""Commands on uncertainty: the probabilistic analysis."""
