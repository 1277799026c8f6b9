"""Commands that build: intraday, past dates, a dry run, parity; and what dbt-duckdb asks."""
