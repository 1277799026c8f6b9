"""Data sets that come with one360: the simulated retailer and the Complete Journey."""
