"""Many patients under many strategies: blocks, sums in fixed order, frames, run folders."""
