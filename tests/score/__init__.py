"""Which resources the rules of dbt-score are asked of (pyproject.toml, [tool.dbt-score])."""
