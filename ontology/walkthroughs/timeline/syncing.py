"""The kubelet's sync of one pod: what `lifecycle.sync` says is to start and stop, done on the clock."""

from collections.abc import Callable, Mapping

from ontology import restart_policies
from ontology.semantics.lifecycle.phases import Readings
from ontology.semantics.lifecycle.sync import Act
from ontology.verdict import Step
from ontology.walkthroughs.timeline.actors import Actor
from ontology.walkthroughs.timeline.judgement import Judgement, Key
from ontology.walkthroughs.timeline.runtime import SIGKILLED, Runtime


def readings(actors: Mapping[str, Actor]) -> tuple[Key, Readings]:
    """Return the readings of all containers, and the key that stands for them."""
    found = tuple(actor.reading() for actor in actors.values())
    return tuple(actor.key for actor in actors.values()), found


def sync_all(runtime: Runtime, judgement: Callable[[], Judgement]) -> None:
    """Sync until a sync starts nothing more."""
    while sync(runtime, judgement()):
        pass


def sync(runtime: Runtime, judgement: Judgement) -> bool:
    """Do what one sync says, and tell whether it started something, so that another one is due."""
    again = False
    for decision in judgement.sync(*readings(runtime.actors)):
        for act, name in decision.acts:
            if act is Act.KILL_POD:
                runtime.stop_all(runtime.grace)
                runtime.stop_sidecars()
                return False
            if act is Act.RESTART_ALL:
                _restart_all(runtime, decision.step)
                return True
            actor = runtime.actors[name]
            if not (actor.pending or actor.running or actor.stopping):
                runtime.start(actor, (decision.step,))
                again = again or actor.running
    return again


def _restart_all(runtime: Runtime, step: Step) -> None:
    """Reset every container: what runs is ended, and all begin again with the init containers."""
    for actor in runtime.actors.values():
        if actor.running:
            runtime.end(actor, SIGKILLED, restart_policies.RESTARTING_ALL, (step,))
        runtime.wait(actor, "PodInitializing", "Creating", because=(step,))
        actor.reset()
