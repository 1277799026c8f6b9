"""The raw files of a data set: found, checked, and described to dbt."""
