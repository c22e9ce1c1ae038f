"""Everything that does work, in layers that import downwards only."""
