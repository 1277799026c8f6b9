"""What readers get: copied from a green build, free of personal values, in one step."""
