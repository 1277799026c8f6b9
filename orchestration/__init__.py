"""The schedule: assets, checks, jobs and alerts of Dagster around the build."""
