"""What a client may change: the notes that it sends."""

from enum import Enum
from typing import Annotated

import strawberry

from api.graphql.live import LiveWindows
from api.graphql.notes import Note
from api.graphql.windows import Info, Windows
from api.notebook import Notebook
from api.outcomes import NoteReport
from api.problems import RefusedError


@strawberry.enum(description="What became of a note.")
class Change(Enum):
    """The changes of a run of ingest."""

    ADDED = strawberry.enum_value("added", description="It is new.")
    CHANGED = strawberry.enum_value("changed", description="It is another text now.")
    UNCHANGED = strawberry.enum_value("unchanged", description="It is the same text.")
    REMOVED = strawberry.enum_value("removed", description="It is there no more.")
    REFUSED = strawberry.enum_value("refused", description="It cannot be read.")


NotePath = Annotated[
    str, strawberry.argument(description="A relative path that ends in `.md`, such as `week-1/pods.md`.")
]


@strawberry.type(description="What became of a note.")
class NoteChange:
    """The report on one note, in the windows of the graph that it made."""

    view: strawberry.Private[Windows]
    source: strawberry.Private[NoteReport]

    @strawberry.field(description="The path by which it is known.")
    def path(self) -> str:
        return self.source.document

    @strawberry.field(description="What became of it.")
    def change(self) -> Change:
        return Change(self.source.change.value)

    @strawberry.field(description="The note as it is now; null once it is removed.")
    def note(self) -> Note | None:
        index = self.view.snapshot.note_index.get(self.source.document)
        return None if index is None else self.view.window(Note, index)

    @strawberry.field(description="The version of the graph with this change.")
    def version(self) -> str:
        return self.view.snapshot.version


@strawberry.type(description="Change the graph. Where others reach the server, this needs its token.")
class Mutation:
    """The root of mutations."""

    @strawberry.mutation(
        description="Keep a text as a note, in place of the one of that path, and read it into the graph."
    )
    def ingest_note(self, info: Info, path: NotePath, text: str) -> NoteChange:
        report = _notebook(info).write(path, text)
        if report.error is not None:
            raise report.error
        return NoteChange(view=_latest(info), source=report)

    @strawberry.mutation(description="Remove a note that was sent, and what the graph knows from it.")
    def remove_note(self, info: Info, path: NotePath) -> NoteChange:
        report = _notebook(info).remove(path)
        return NoteChange(view=_latest(info), source=report)


def _notebook(info: Info) -> Notebook:
    if not isinstance(info.context, LiveWindows):
        raise RefusedError("BAD_INPUT", "notes are changed through a server, or with `kubelore ingest`")
    return info.context.notebook


def _latest(info: Info) -> Windows:
    return info.context.latest() if isinstance(info.context, LiveWindows) else info.context
