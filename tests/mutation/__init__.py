"""Small faults put into the project, and whether the tests notice: `make mutate`."""
