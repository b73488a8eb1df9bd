"""The theme's illustrations, drawn from a seed: ridges, terraces, towers, lakes, prayer flags.

`python -m drawings` (`make drawings`) writes them into theme/static/. The same seed gives the same
bytes, so that a test can hold the files to this code. Never an emblem, never a flag of a state.
"""
