"""What happens in a story: requests to the API server, and what befalls machines and programs."""

from collections.abc import Sequence

from ontology.walkthroughs.cluster.fates import Fates
from ontology.walkthroughs.cluster.requests import Answer, Requests
from ontology.walkthroughs.cluster.story import Happening
from ontology.walkthroughs.cluster.world import World


class Happenings:
    """Does what a story says at its time."""

    def __init__(self, world: World) -> None:
        self._requests = Requests(world)
        self._fates = Fates(world)

    @property
    def answers(self) -> Sequence[Answer]:
        """What the API server has answered so far."""
        return self._requests.answers

    def do(self, happening: Happening) -> None:
        """Do one thing.

        Raises:
            InvalidQuestionError: it is about an object, node or component that is not there.
            InvalidObjectError: a manifest that the API server would not read.
        """
        if self._requests.covers(happening.what):
            self._requests.put(happening)
        else:
            self._fates.befall(happening)
