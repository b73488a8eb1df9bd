"""Attachments on pages: what each file is, its earlier versions, and who gives it in another form."""

from __future__ import annotations

from plugins.portal.files.facts import OFFERED
from plugins.portal.reading.document import Attachment, Document
from plugins.portal.rendering.links import served_file_url
from plugins.portal.rendering.reads import Reads
from plugins.portal.rendering.views import Context, FileView, Viewer, name_in


def attachment_context(attachment: Attachment, id_: str, reads: Reads) -> Context:
    return {
        **_file_context(attachment.file, id_, reads),
        "title": attachment.title or attachment.file.rsplit("/", 1)[-1],
        "lang": attachment.lang,
        "alternative": attachment.alternative,
        "versions": [
            {**_file_context(version.file, id_, reads), "date": version.date, "note": version.note}
            for version in attachment.versions
        ],
    }


def searched_attachment(attachment: Attachment, id_: str, reads: Reads) -> dict[str, str]:
    """What the search knows of an attachment; its text is read when the index is made."""
    type_, _, _ = reads.ask(f"offered:{attachment.file}") or ("", 0, 0)
    _, content_hash = reads.ask(f"file:{attachment.file}") or (0, "")
    return {
        "title": attachment.title,
        "url": served_file_url(id_, attachment.file),
        "type": type_,
        "hash": content_hash,
    }


def contact_for_forms(document: Document, reads: Reads) -> Context:
    """Who gives the files in another form: the first department that has a telephone, else the
    site's own office."""
    for id_ in document.departments:
        department = reads.department(id_)
        if department.phone:
            name = name_in(department.names, document.lang, reads)
            return {"name": name, "phone": department.phone, "email": ""}
    site = reads.site()
    name = name_in(site.names, document.lang, reads)
    return {"name": name, "phone": site.contact["phone"], "email": site.contact["email"]}


def _file_context(path: str, id_: str, reads: Reads) -> Context:
    type_, pages, size_bytes = reads.ask(f"offered:{path}") or ("", 0, 0)
    ending = path.rsplit(".", 1)[-1].upper() if "." in path.rsplit("/", 1)[-1] else ""
    return {
        "url": served_file_url(id_, path),
        "type": type_ or ending,
        "pages": pages,
        "size": shown_size(size_bytes) if size_bytes else "",
    }


def shown_size(size_bytes: int) -> str:
    """A file's size for readers: "812 B", "35 KB", "1.4 MB" (powers of 1,000)."""
    if size_bytes < 1_000:
        return f"{size_bytes} B"
    if size_bytes < 1_000_000:
        return f"{round(size_bytes / 1_000)} KB"
    return f"{size_bytes / 1_000_000:.1f} MB"


def view_file(viewer: Viewer, id_: str, name: str) -> FileView:
    """A file served beside a document."""
    path = viewer.reads.ask(f"attachment:{id_}/{name}")
    clean = viewer.reads.ask(f"derivative:{OFFERED}//{path}")
    if clean:
        return FileView("content", path, clean[2], (OFFERED, *clean[:2]))
    found = viewer.reads.ask(f"file:{path}")
    if not found:
        raise LookupError(f"/files/{id_}/{name} is planned but {path} is not there")
    return FileView("content", path, found[1])
