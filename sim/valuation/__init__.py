"""From a history to its value: quality-adjusted life years, costs, outcomes and curves. Never alters the history."""
