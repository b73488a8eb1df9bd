"""The Nu HTML checker, pinned and installed by tests/checker/install (`make checker`)."""
