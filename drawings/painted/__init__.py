"""Drawings of the sample content: made by `python -m drawings.painted`, each from its seed.

They show no real place. A site of one's own has pictures of its own and does not need this.
"""
