"""Tests mirror the code tree; promises, problems, golden and journeys stand beside it."""
