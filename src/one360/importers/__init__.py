"""Importers: other people's data into the raw layout."""
