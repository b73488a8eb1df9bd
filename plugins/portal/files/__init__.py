"""Files beside documents, told by their content: pictures to show, attachments to offer.

Pure of the catalogue: bytes in, facts, derivatives and problems out. Pillow and pypdf are loaded
when the first file of their kind is prepared, so a build without any does not pay for them.
"""
