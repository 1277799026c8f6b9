"""Rights of a person: what is held is shown, or erased, and what was said of processing is kept."""
