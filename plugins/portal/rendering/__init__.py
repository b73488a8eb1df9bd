"""Rendering: from questions to views, from views to bytes; nothing here writes a file."""
