"""The form relay: takes a citizen's letter in, keeps it safely, passes it on to staff by mail.

The relay lives on the Internet side. It reads the forms and frames that the build wrote,
the theme's templates and its own configuration, and nothing else of the site.
docs/reference/relay.md describes it for operators.
"""
