"""A cycle: the stages in order, the notebooks, the schools side by side."""
