"""Words, record layouts, units and errors shared by every package."""
