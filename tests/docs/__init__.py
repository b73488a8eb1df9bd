"""Documentation held to the code: what is written here about it is true, and complete."""
