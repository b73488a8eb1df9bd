"""The preview behind `publish.py serve`: site, search, relay and mail catcher on one port."""
