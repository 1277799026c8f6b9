"""A simulated retailer: messy raw files of its systems, and the truth.

`simulate(out_dir, scale, seed)` writes CRM, POS, web, WeChat and marketplace tables of
10,000 people per unit of scale over two years, with the patterns that tags
are meant to find and the mess that real systems export (see `mess`).
"""

from one360.datasets.simulate.run import SimulationSummary, simulate

__all__ = ["SimulationSummary", "simulate"]
