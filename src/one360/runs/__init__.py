"""Runs of dbt: the runner, what a build needs in Python, and commands that build."""
