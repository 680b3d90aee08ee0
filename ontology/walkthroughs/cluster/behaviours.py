"""How the programs in containers behave: no manifest says so, a story does.

A rule is for pods by label or name; of several that match, later ones say what earlier ones leave open.
"""

from collections.abc import Sequence
from fnmatch import fnmatchcase
from typing import Any

from msgspec import field

from ontology import quantities, selectors
from ontology.cluster.pods import Container, Pod
from ontology.errors import InvalidQuestionError
from ontology.scenario import Question
from ontology.walkthroughs.timeline.actors import Habits
from ontology.walkthroughs.timeline.world import Time, milliseconds

_PULL, _STOP, _TASK = 1_000, 1_000, 10_000
_FOR_EVER = 2**31 - 1


class Exits(Question, frozen=True):
    """A process that ends by itself, each of its runs: its exit code, and how long it runs."""

    code: int = 0
    after: Time = 0


class App(Question, frozen=True):
    """How the containers of some pods behave. Durations are seconds or texts such as `1m30s`.

    `pods` are labels, `name` a pattern for names, `image` one for images; without any, all pods. `pull` is
    how long an image takes, `pullFails` how often a pull fails (`true`: always); `starts` until it answers
    probes, `answers: false` that it does not; `exits` that it ends by itself; `stops` how long it takes after
    SIGTERM. `cpu` and `memory` are what each pod uses beside its share of a load.
    """

    pods: dict[str, str] | None = None
    name: str = ""
    namespace: str = ""
    image: str = ""
    container: str = ""
    pull: Time | None = None
    pull_fails: int | bool | None = None
    starts: Time | None = None
    answers: bool | None = None
    exits: Exits | bool | None = None
    stops: Time | None = None
    pre_stop: Time | None = field(default=None, name="preStop")
    post_start: Time | None = field(default=None, name="postStart")
    cpu: str | None = None
    memory: str | None = None

    def concerns(self, pod: Pod, container: Container) -> bool:
        """Whether the rule is for a container."""
        return (
            (self.pods is None or selectors.matches_all(self.pods, pod.labels))
            and self.namespace in ("", pod.namespace)
            and (not self.name or fnmatchcase(pod.name, self.name))
            and (not self.image or fnmatchcase(container.image, self.image))
            and self.container in ("", container.name)
        )


# members of a rule that are durations, and the attribute of the habits in milliseconds
_TIMES = {
    "pull": "pull",
    "starts": "answers_after",
    "stops": "stops_after",
    "pre_stop": "pre_stop",
    "post_start": "post_start",
}


def check(app: App, *, path: str) -> None:
    """Refuse durations that are none.

    Raises:
        InvalidQuestionError: neither seconds nor a duration, or a negative one.
    """
    for member in _TIMES:
        value = getattr(app, member)
        if value is not None:
            milliseconds(value, path=f"{path}.{member}")
    if isinstance(app.exits, Exits):
        milliseconds(app.exits.after, path=f"{path}.exits.after")
        if not 0 <= app.exits.code < 256:  # noqa: PLR2004 - what a process can return
            raise InvalidQuestionError("an exit code is 0 to 255", path=f"{path}.exits.code")


def habits(apps: Sequence[App], pod: Pod, container: Container) -> Habits:
    """Return how a container behaves.

    By default an image takes 1 s, a process answers at once, runs for ever and stops 1 s after SIGTERM; in a
    pod that is not always restarted it ends well after 10 s.
    """
    found = Habits(pull=_PULL, stops_after=_STOP)
    if (pod.spec.restart_policy or "Always") != "Always":
        found.exit_code, found.exits_after = 0, _TASK
    for app in apps:
        if app.concerns(pod, container):
            _follow(found, app)
    return found


def _follow(found: Habits, app: App) -> None:
    for member, attribute in _TIMES.items():
        value: Any = getattr(app, member)
        if value is not None:
            setattr(found, attribute, milliseconds(value, path=member))
    if app.pull_fails is not None:
        found.pulls_fail = _FOR_EVER if app.pull_fails is True else int(app.pull_fails)
    if isinstance(app.exits, Exits):
        found.exit_code, found.exits_after = app.exits.code, milliseconds(app.exits.after, path="exits.after")
    elif app.exits is False:
        found.exit_code = None


def silent(apps: Sequence[App], pod: Pod, container: Container) -> bool:
    """Whether a container does not answer probes."""
    said = [app.answers for app in apps if app.answers is not None and app.concerns(pod, container)]
    return bool(said) and not said[-1]


def consumption(apps: Sequence[App], pod: Pod, container: Container) -> tuple[int, str]:
    """Return what a container uses beside its share of a load: millicores, and memory as a quantity."""
    cpu, memory = 0, "0"
    for app in apps:
        if app.concerns(pod, container):
            cpu = quantities.millis(app.cpu) if app.cpu is not None else cpu
            memory = app.memory if app.memory is not None else memory
    return cpu, memory
