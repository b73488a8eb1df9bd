"""What all parts of the portal share: problems, vocabulary, forms, clock, addresses, languages.

Imports nothing else of this project; the build, the search and the relay all import it.
"""
