"""What tags need that SQL is not for."""
