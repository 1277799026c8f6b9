"""Models that predict: fitted here on a sample, written as parameters, scored in SQL."""
