"""one360: One-ID, customer 360 and a tag library for retailers.

The dbt project builds the tables. This package holds what SQL is not for: the
simulator of the demo data, the importers of other data, the pure functions
behind the Python models, the quality suites, publishing and the command line.
"""

__version__ = "0.1.0"
