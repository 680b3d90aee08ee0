"""What befalls a cluster: containers that end, lost nodes, components that stop, load that changes."""

from collections.abc import Callable, Mapping

from ontology import quantities
from ontology.cluster.nodes import Node
from ontology.cluster.pods import Pod
from ontology.errors import InvalidObjectError, InvalidQuestionError, did_you_mean
from ontology.walkthroughs.cluster import references, story
from ontology.walkthroughs.cluster.actions import Why
from ontology.walkthroughs.cluster.story import Crash, Happening
from ontology.walkthroughs.cluster.world import World


class Fates:
    """Lets things happen that nobody asked the API server for."""

    def __init__(self, world: World) -> None:
        self.world = world
        self._kinds: Mapping[str, Callable[[Happening], str]] = {
            "crash": self._crash,
            "loseNode": self._lose,
            "recoverNode": self._recover,
            "stop": self._stop,
            "start": self._start,
            "load": self._load,
            "app": self._app,
        }

    def befall(self, happening: Happening) -> None:
        """Let something happen; the trace names what it happens to.

        Raises:
            InvalidQuestionError: it is about a pod, node or component that is not there.
        """
        subject = self._kinds[happening.what](happening)
        did = f"{happening.what} {subject}".rstrip()
        why = Why(rule=f"cluster.world.{happening.what}", did=did, facts={"what": subject})
        self.world.loop.tell("world", "story", ("Story", "", happening.what), why)

    def _node(self, name: str | None, happening: Happening) -> Node:
        path = f"{happening.path}.{happening.what}"
        return references.node(self.world.loop.store, str(name), path=path)

    def _crash(self, happening: Happening) -> str:
        given = happening.event.crash
        asked = given if isinstance(given, Crash) else Crash(pod=str(given))
        path = f"{happening.path}.crash"
        text = asked.pod if asked.pod.startswith("Pod/") else f"Pod/{asked.pod}"
        wanted = references.parse(text, path=path)
        kubelets, loop = self.world.kubelets, self.world.loop
        pods = [each for each in wanted.find(loop.store) if isinstance(each, Pod)]
        if not pods:
            raise references.missing(loop.store, wanted, path=path)
        for pod in pods:
            worker = kubelets.workers.get((pod.spec.node_name, f"{pod.namespace}/{pod.name}"))
            if worker is None:
                continue
            if asked.container and asked.container not in worker.actors:
                hint = did_you_mean(list(worker.actors)[:1])
                raise InvalidQuestionError(
                    f"there is no container `{asked.container}`{hint}", path=f"{path}.container"
                )
            if pod.spec.node_name not in kubelets.stopped:
                worker.advance(loop.clock.offset // 10**6)
            if worker.crash(asked.container, asked.exit_code, out_of_memory=asked.oom):
                key = f"{pod.spec.node_name}|{pod.namespace}/{pod.name}"
                loop.wake(kubelets.name, key, "container ended")
                return pod.name
        raise InvalidQuestionError(f"no container of `{wanted}` runs at that time", path=path)

    def _lose(self, happening: Happening) -> str:
        node = self._node(happening.event.lose_node, happening)
        self.world.lose(node.name)
        return node.name

    def _recover(self, happening: Happening) -> str:
        node = self._node(happening.event.recover_node, happening)
        self.world.recover(node.name)
        return node.name

    def _stop(self, happening: Happening) -> str:
        name = str(happening.event.stop)
        process, node = story.component(name, self.world.nodes, path=f"{happening.path}.stop")
        self.world.stop(process, node)
        return name

    def _start(self, happening: Happening) -> str:
        name = str(happening.event.start)
        process, node = story.component(name, self.world.nodes, path=f"{happening.path}.start")
        self.world.start(process, node)
        return name

    def _load(self, happening: Happening) -> str:
        asked = happening.event.load
        if asked is None:
            return ""
        path = f"{happening.path}.load"
        wanted = references.parse(asked.object, path=f"{path}.object")
        if not wanted.find(self.world.loop.store):
            raise references.missing(self.world.loop.store, wanted, path=f"{path}.object")
        try:
            self.world.loads.cpu[wanted.ref] = quantities.millis(asked.cpu)
        except InvalidObjectError as error:
            raise InvalidQuestionError(str(error), path=f"{path}.cpu") from error
        return f"{wanted} ({asked.cpu} cpu)"

    def _app(self, happening: Happening) -> str:
        if happening.event.app is not None:
            self.world.behave(happening.event.app)
        return ""
