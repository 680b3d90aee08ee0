"""The loop: at each instant every component in its order does what its watches have told it, until all rest.

INVARIANT: what happens at one instant depends on the objects and on the order of components, never on the
order in which things were planned: keys of work are taken sorted.
"""

from collections.abc import Sequence

from ontology import instants
from ontology.errors import TooCostlyError
from ontology.walkthroughs.cluster.actions import Action, Create, Delete, Note, Say, Update, Wake, Why
from ontology.walkthroughs.cluster.api_server import ApiServer
from ontology.walkthroughs.cluster.clock import Clock, Key
from ontology.walkthroughs.cluster.component import EVERY_KIND, Component, View, Watch
from ontology.walkthroughs.cluster.kinds import Ref, ref_of, shown
from ontology.walkthroughs.cluster.refusals import RefusedError
from ontology.walkthroughs.cluster.store import Change, Store
from ontology.walkthroughs.cluster.trace import Hop, Journal

API_SERVER, ETCD = "kube-apiserver", "etcd"
_MOST_ROUNDS = 2_000
_FIRST_RETRY, _LONGEST_RETRY = 5 * instants.SECOND, 1000 * instants.SECOND
_TIMER = "timer"
_RELIST = "list"


class Loop:
    """The components around one store. `down` names the processes that do not run."""

    def __init__(self, start: int, components: Sequence[Component]) -> None:
        self.store = Store()
        self.clock = Clock(start)
        self.journal = Journal()
        self.api = ApiServer(self.store, self.clock, self._tell)
        self.silences: dict[str, int] = {}
        self.watching_since = start
        self.view = View(self.store, self.clock, self.silences, lambda: self.watching_since)
        self.components = tuple(components)
        self.down: set[str] = set()
        self._refusals: dict[tuple[str, Key], int] = {}
        self._waiting: dict[str, dict[Key, str]] = {each.name: {} for each in components}
        self._watchers: dict[str, list[tuple[str, Watch]]] = {}
        self._order = {each.name: order for order, each in enumerate(components, start=1)}
        for each in components:
            for kind, watch in each.watches.items():
                self._watchers.setdefault(kind, []).append((each.name, watch))

    @property
    def reachable(self) -> bool:
        """Whether the API server answers: it and etcd run."""
        return not self.down & {API_SERVER, ETCD}

    # -- watches -------------------------------------------------------------------------------------

    def _tell(self, change: Change) -> None:
        for name, watch in (*self._watchers.get(change.ref[0], ()), *self._watchers.get(EVERY_KIND, ())):
            for key in watch(self.store, change):
                waiting = self._waiting[name]
                if key not in waiting:
                    waiting[key] = f"{change.verb} {shown(change.ref)}"

    def wake(self, name: str, key: Key, cause: str = _TIMER) -> None:
        """Let a component look at a key."""
        self._waiting[name].setdefault(key, cause)

    def relist(self, process: str) -> None:
        """Let every component of a process look at everything it watches, as after its start."""
        for component in self.components:
            if component.process == process:
                for kind, watch in component.watches.items():
                    for each in self.store if kind == EVERY_KIND else self.store.of_kind(kind):
                        for key in watch(self.store, Change(ref_of(each), None, each)):
                            self.wake(component.name, key, _RELIST)

    # -- time ----------------------------------------------------------------------------------------

    def settle(self) -> None:
        """Let the components act until none has anything to do at this instant.

        Raises:
            TooCostlyError: they do not come to rest.
        """
        for _ in range(_MOST_ROUNDS):
            acted = self.clock.fire()
            for component in self.components:
                acted |= self._turn(component)
            if not acted:
                return
        raise TooCostlyError(f"the components do not come to rest in {_MOST_ROUNDS} rounds", path="until")

    def _turn(self, component: Component) -> bool:
        waiting = self._waiting[component.name]
        if not waiting or component.process in self.down or not (self.reachable or component.local):
            return False
        causes = dict(waiting)
        waiting.clear()
        for key, actions in component.act(self.view, sorted(causes)):
            self._carry_out(component, key, causes.get(key, _TIMER), actions)
        return True

    def _carry_out(self, component: Component, key: Key, saw: str, actions: Sequence[Action]) -> None:
        who = component.signer(key)
        for action in actions:
            if isinstance(action, Wake):
                self._plan(component, action)
            elif isinstance(action, Note):
                self._hop(who, saw, action.why, action.ref, "see")
            elif not self.reachable:
                continue  # whoever cannot reach the API server looks again when it is back
            else:
                try:
                    self._do(who, saw, action)
                except RefusedError as error:
                    self._refused(who, saw, action, error)
                    self._retry(component, key)
                    return
        self._refusals.pop((component.name, key), None)

    def _retry(self, component: Component, key: Key) -> None:
        """Let a component try again, after a longer wait each time."""
        slot = component.name, key
        times = self._refusals[slot] = self._refusals.get(slot, -1) + 1
        wait = min(_FIRST_RETRY << min(times, 10), _LONGEST_RETRY)
        self._plan(component, Wake(self.clock.now + wait, key))

    def _plan(self, component: Component, wake: Wake) -> None:
        order, name, key = self._order[component.name], component.name, wake.key
        self.clock.at(max(wake.at, self.clock.now), order, key, lambda: self.wake(name, key))

    def _do(self, who: str, saw: str, action: Create | Update | Delete | Say) -> None:
        match action:
            case Create(object=made, why=why):
                stored = self.api.create(made, action.rest)
                ref = ref_of(stored)
                self._hop(who, saw, why, ref, "create")
                if action.said_of is not None:
                    text = action.message.format(name=stored.name)
                    self.say(who, ref_of(action.said_of), "Normal", action.reason, text)
            case Update(object=written, why=why, status=status):
                ref = ref_of(written)
                if status is not None:
                    rest = self.store.rest(ref)
                    self.store.rests[ref] = {**rest, "status": status}
                self.api.update(written)
                self._hop(who, saw, why, ref, "update")
            case Delete(ref=ref, why=why):
                if self.store.get(ref) is not None:
                    self.api.delete(ref, grace=action.grace, propagation=action.propagation)
                    self._hop(who, saw, why, ref, "delete")
            case Say():
                self.say(who, action.ref, action.type, action.reason, action.message)

    def _hop(self, who: str, saw: str, why: Why, ref: Ref, verb: str) -> None:
        if why.rule:
            did = why.did or f"{verb} {shown(ref)}"
            facts = {"who": who, "object": shown(ref), **why.facts}
            self.journal.hop(Hop(self.clock.offset, who, saw, did, ref, why.rule, facts, why.because))

    def tell(self, who: str, saw: str, ref: Ref, why: Why) -> None:
        """Write an act down that changes no object."""
        self._hop(who, saw, why, ref, "see")

    def say(self, who: str, ref: Ref, type_: str, reason: str, message: str) -> None:
        """Record an event."""
        found = self.store.get(ref)
        uid = found.metadata.uid if found else ""
        self.journal.event(ref, uid, type_, reason, message, who, self.clock.offset)

    def _refused(
        self, who: str, saw: str, action: Create | Update | Delete | Say, error: RefusedError
    ) -> None:
        if isinstance(action, Create):
            ref = ref_of(action.said_of or action.object)
            self.say(who, ref, "Warning", "FailedCreate", f"Error creating: {error.message}")
        else:
            ref = action.ref if isinstance(action, Delete | Say) else ref_of(action.object)
        facts = {"message": error.message, "status": error.status}
        self._hop(
            who, saw, Why(rule="cluster.refused", did=f"refused: {error.message}", facts=facts), ref, ""
        )
