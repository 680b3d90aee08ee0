"""The kubelet's sync of one pod: what `lifecycle.sync` says is to start and stop, done on the clock."""

from ontology import restart_policies
from ontology.semantics.lifecycle.sync import Act, Decision
from ontology.walkthroughs.timeline.judgement import Judgement
from ontology.walkthroughs.timeline.runtime import SIGKILLED, Runtime


def sync_all(runtime: Runtime, judgement: Judgement) -> None:
    """Sync until a sync starts nothing more."""
    while sync(runtime, judgement):
        pass


def sync(runtime: Runtime, judgement: Judgement) -> bool:
    """Do what one sync says, and tell whether it started something, so that another one is due."""
    again = False
    for decision in judgement.acts(*runtime.readings()):
        for act, name in decision.acts:
            if act is Act.KILL_POD:
                runtime.stop_all(runtime.grace)
                runtime.stop_sidecars()
                return False
            if act is Act.RESTART_ALL:
                _restart_all(runtime, decision)
                return True
            actor = runtime.actors[name]
            if not (actor.pending or actor.stopping or actor.running):
                runtime.start(actor, decision.because)
                again = again or actor.running
    return again


def _restart_all(runtime: Runtime, decision: Decision) -> None:
    """Reset every container: what runs is ended, and all begin again with the init containers."""
    for actor in runtime.actors.values():
        if actor.running:
            runtime.end(actor, SIGKILLED, restart_policies.RESTARTING_ALL, decision.because)
        runtime.wait(actor, "PodInitializing", "Creating", because=decision.because)
        actor.reset()
