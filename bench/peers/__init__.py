"""What else is measured on the corpus: one module for each, its settings in a folder beside it."""
