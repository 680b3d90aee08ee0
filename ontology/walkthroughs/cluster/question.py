"""`cluster.story`: what becomes of a cluster, and whether it is what was expected.

Yes: every expectation holds, also where there is none. No: one does not.

Source: kubernetes.io/docs/concepts/overview/components, .../architecture (v1.36).
"""

from collections.abc import Callable
from itertools import pairwise

from ontology.errors import InvalidQuestionError, TooLargeError
from ontology.scenario import Ask, Asking, Scenario
from ontology.verdict import Outcome, Verdict
from ontology.walkthroughs.cluster import behaviours, narration, story, summary, world
from ontology.walkthroughs.cluster.clock import seconds
from ontology.walkthroughs.cluster.expectations import Expectations
from ontology.walkthroughs.cluster.happening import Happenings
from ontology.walkthroughs.cluster.judging import Seeing
from ontology.walkthroughs.cluster.objects import manifests
from ontology.walkthroughs.cluster.story import Nodes, Story
from ontology.walkthroughs.cluster.world import World

_MOST_TRACED = 20_000


def evaluate(scenario: Scenario, asked: Story, ask: Ask) -> Verdict:
    """Answer `{"until", "objects", "events", "expectations", "requests", "trace", "manifests"}`.

    Raises:
        InvalidQuestionError: an event or expectation that is none, or about what is not there.
        InvalidObjectError: an object that the API server refuses.
        TooLargeError, TooCostlyError: too many events or nodes, too long a time, too much that happens.
    """
    played = play(scenario, asked, ask)
    results = played.expectations.results()
    journal, store = played.world.loop.journal, played.world.loop.store
    return Verdict(
        answer={
            "until": seconds(story.until(asked, "")),
            "objects": summary.summary(store),
            "events": summary.events(journal.events, story.until(asked, "")),
            "expectations": [
                {"name": each.name, "holds": each.holds, "why": each.why, "at": each.at, "path": each.path}
                for each in results
            ],
            "requests": [
                {
                    "at": each.at,
                    "name": each.name or None,
                    "what": each.what,
                    "user": each.user,
                    "status": each.status,
                    "message": each.message,
                }
                for each in played.happenings.answers
            ],
            "hops": len(journal.hops),
            "trace": narration.trace(journal.hops[:_MOST_TRACED]) if asked.trace else [],
            "manifests": manifests(store),
        },
        outcome=Outcome.of(all(each.holds for each in results)),
        explain=lambda: narration.narrate(journal.hops, results),
    )


STORY = Asking(question=Story, evaluate=evaluate)


class Played:
    """A story that has been played: the world at its end, and what was found out on the way."""

    def __init__(self, asked: Story, start: int, path: str) -> None:
        self.world = World(start, asked.apps)
        self.happenings = Happenings(self.world)
        self.expectations = Expectations(asked.then, story.until(asked, path), path)


def play(
    scenario: Scenario, asked: Story, ask: Ask, observe: Callable[[World], None] = lambda _: None
) -> Played:
    """Play a story to its end; `observe` is called whenever everything has come to rest."""
    path = scenario.asked_path
    played = Played(asked, world.began(asked.start, path=f"{path}start"), path)
    for index, app in enumerate(asked.apps):
        behaviours.check(app, path=f"{path}apps[{index}]")
    loop = played.world.loop
    played.world.furnish(_nodes(asked, path), scenario.manifests)
    end = loop.clock.start + story.until(asked, path)
    for happening in story.happenings(asked, path):
        loop.clock.at(loop.clock.start + happening.at, 0, "", _doing(played, happening))
    for moment in played.expectations.moments:
        loop.clock.at(loop.clock.start + moment, 0, "", lambda: None)
    seeing = Seeing(played.world, played.happenings.answers, ask)
    while True:
        loop.settle()
        played.expectations.look(seeing)
        observe(played.world)
        following = loop.clock.next
        if following is None or following > end:
            break
        loop.clock.advance(following)
    return played


def _doing(played: Played, happening: story.Happening) -> Callable[[], None]:
    return lambda: played.happenings.do(happening)


def _nodes(asked: Story, path: str) -> list[Nodes]:
    """Return the groups of nodes that a story asks for.

    Raises:
        InvalidQuestionError: a negative number, or two groups of one name.
        TooLargeError: more than MAX_NODES.
    """
    given = asked.nodes
    groups = [] if given is None else [Nodes(count=given)] if isinstance(given, int) else given
    found = groups if isinstance(groups, list) else [groups]
    if any(each.count < 0 for each in found):
        raise InvalidQuestionError("expected 0 or more nodes", path=f"{path}nodes")
    if sum(each.count for each in found) > story.MAX_NODES:
        raise TooLargeError(f"more than {story.MAX_NODES} nodes", path=f"{path}nodes")
    names = sorted(each.name for each in found)
    for one, other in pairwise(names):
        if one == other:
            raise InvalidQuestionError(f"two groups of nodes are called `{one}`", path=f"{path}nodes")
    return found
