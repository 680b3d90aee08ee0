"""What can be wrong with a note before anything in it is read.

IngestError
├── NoteNotFoundError     NOT_FOUND   no such file or folder, or a folder without markdown
├── UnreadableNoteError   BAD_INPUT   binary, not UTF-8, or refused by the operating system
└── NoteTooLargeError     TOO_LARGE   more bytes than `max_note_bytes`

What is wrong *inside* a readable note is never an error: notes are allowed to be wrong, and say so as
findings.
"""

from typing import ClassVar


class IngestError(Exception):
    """Base: `code` is the same at every edge, `path` names the note."""

    code: ClassVar[str] = "INTERNAL"

    def __init__(self, message: str, *, path: str = "") -> None:
        self.path = path
        super().__init__(message)


class NoteNotFoundError(IngestError):
    """No such file or folder, or nothing in it that is markdown."""

    code = "NOT_FOUND"

    def __init__(self, path: str, *, reason: str = "no such file or folder") -> None:
        super().__init__(f"cannot read `{path}`: {reason}", path=path)


class UnreadableNoteError(IngestError):
    """The bytes are no text that we can read; says why and where."""

    code = "BAD_INPUT"

    def __init__(self, path: str, reason: str) -> None:
        self.reason = reason
        super().__init__(f"cannot read `{path}`: {reason}", path=path)


class NoteTooLargeError(IngestError):
    """More bytes than the setting `max_note_bytes` admits."""

    code = "TOO_LARGE"

    def __init__(self, path: str, *, size: int, limit: int) -> None:
        self.size = size
        self.limit = limit
        super().__init__(
            f"`{path}` has {size} bytes, the limit is {limit}; raise `max_note_bytes`", path=path
        )
