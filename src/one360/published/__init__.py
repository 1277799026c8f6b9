"""What was published, read for people: the summary of a build, one customer."""
