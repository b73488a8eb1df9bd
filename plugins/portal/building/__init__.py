"""Building: what changed, what that touches, and the making of it; the only part that writes."""
