"""Publishing: the steps that publish.py names, each one call."""
