"""Writers of what is generated from a library: a seed and a macro."""
