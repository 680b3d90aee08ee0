"""Workloads over virtual time: what the notes compare, and what no run may break."""

from collections import defaultdict
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ontology.errors import InvalidObjectError, InvalidQuestionError
from ontology.evaluators import answer
from ontology.lang import Lang
from ontology.messages import render
from ontology.verdict import Outcome, Verdict


def template(image: str, app: str) -> dict[str, Any]:
    return {
        "metadata": {"labels": {"app": app}},
        "spec": {"containers": [{"name": "app", "image": image}]},
    }


def workload(kind: str, name: str, replicas: int | None = 3, **spec: Any) -> dict[str, Any]:
    body = {"selector": {"matchLabels": {"app": name}}, "template": template(f"{name}:1", name)} | spec
    if replicas is not None:
        body["replicas"] = replicas
    return {"apiVersion": "apps/v1", "kind": kind, "metadata": {"name": name}, "spec": body}


CLAIMS = [{"metadata": {"name": "data"}, "spec": {"accessModes": ["ReadWriteOnce"]}}]
WEB = workload("ReplicaSet", "web")
DB = workload("StatefulSet", "db", serviceName="db", volumeClaimTemplates=CLAIMS)
NODES = [{"apiVersion": "v1", "kind": "Node", "metadata": {"name": f"n{i}"}} for i in range(3)]


def run(*objects: dict[str, Any], until: str = "10m", **asked: Any) -> Verdict:
    question = {"run": {"until": until, **asked}}
    return answer({"system": "workloads", "objects": list(objects), "question": question})


def happened(verdict: Verdict, what: str, kind: str = "Pod") -> list[tuple[float, str]]:
    return [
        (each["t"], each["name"])
        for each in verdict.answer["timeline"]
        if (each["what"], each["kind"]) == (what, kind)
    ]


def test_a_replica_set_starts_all_pods_at_once_under_random_names() -> None:
    verdict = run(WEB)

    created = happened(verdict, "created")
    assert [t for t, _ in created] == [0, 0, 0]
    assert len({name for _, name in created}) == 3
    assert all(name.startswith("web-") and len(name) == len("web-") + 5 for _, name in created)
    assert verdict.outcome is Outcome.YES


def test_a_stateful_set_starts_one_pod_after_the_other_by_ordinal() -> None:
    verdict = run(DB)

    assert happened(verdict, "created") == [(0, "db-0"), (10, "db-1"), (20, "db-2")]
    assert verdict.answer["sets"]["StatefulSet/db"]["mostStartingAtOnce"] == 1
    assert verdict.answer["sets"]["StatefulSet/db"]["claimsCreated"] == [
        "data-db-0",
        "data-db-1",
        "data-db-2",
    ]


def test_pods_of_a_replica_set_share_one_claim_those_of_a_stateful_set_have_one_each() -> None:
    shared = template("web:1", "web")
    shared["spec"]["volumes"] = [{"name": "log", "persistentVolumeClaim": {"claimName": "logs"}}]

    sets = run(workload("ReplicaSet", "web", template=shared), DB).answer["sets"]

    assert list(sets["ReplicaSet/web"]["claimsUsed"].values()) == [["logs"]] * 3
    assert sets["StatefulSet/db"]["claimsUsed"] == {f"db-{n}": [f"data-db-{n}"] for n in range(3)}


def test_side_by_side_the_steps_compare_names_order_and_claims() -> None:
    compared = [render(step, Lang.EN) for step in run(WEB, DB).steps if ".compare." in step.rule]

    assert compared[1:] == [
        "order: at most 3 pods of ReplicaSet/web were starting at a time, and at most 1 of StatefulSet/db",
        "claims left that the set made: ReplicaSet/web -; StatefulSet/db data-db-0, data-db-1, data-db-2",
    ]
    assert compared[0].endswith("(db-0, db-1, db-2)")
    assert not any(".compare." in step.rule for step in run(WEB).steps)


def test_a_parallel_stateful_set_keeps_names_but_not_the_order() -> None:
    verdict = run({**DB, "spec": DB["spec"] | {"podManagementPolicy": "Parallel"}})

    assert [t for t, _ in happened(verdict, "created")] == [0, 0, 0]
    assert verdict.answer["sets"]["StatefulSet/db"]["mostStartingAtOnce"] == 3


def test_a_deleted_pod_comes_back_under_its_name_only_in_a_stateful_set() -> None:
    verdict = run(WEB, DB, events=[{"at": "1m", "deletePod": "db-1"}])

    assert (65, "db-1") in happened(verdict, "created")


def test_scaling_to_zero_goes_from_the_top_and_keeps_claims() -> None:
    scale = {"kind": "StatefulSet", "name": "db", "replicas": 0}
    verdict = run(DB, events=[{"at": "1m", "scale": scale}])

    assert happened(verdict, "deleted") == [(60, "db-2"), (65, "db-1"), (70, "db-0")]
    assert verdict.answer["final"]["claims"] == ["data-db-0", "data-db-1", "data-db-2"]


def test_with_when_scaled_delete_the_claims_of_removed_pods_go_with_them() -> None:
    policy = {"whenScaled": "Delete", "whenDeleted": "Retain"}
    objects = {**DB, "spec": DB["spec"] | {"persistentVolumeClaimRetentionPolicy": policy}}
    scale = {"kind": "StatefulSet", "name": "db", "replicas": 1}

    verdict = run(objects, events=[{"at": "1m", "scale": scale}])

    assert verdict.answer["final"]["claims"] == ["data-db-0"]


def test_with_when_deleted_delete_all_claims_go_with_the_set() -> None:
    policy = {"whenScaled": "Retain", "whenDeleted": "Delete"}
    objects = {**DB, "spec": DB["spec"] | {"persistentVolumeClaimRetentionPolicy": policy}}
    gone = {"kind": "StatefulSet", "name": "db"}

    verdict = run(objects, events=[{"at": "1m", "delete": gone}])

    assert verdict.answer["final"] == {"pods": [], "claims": [], "replicaSets": {}, "jobs": {}}


def test_orphaned_pods_outlive_their_replica_set() -> None:
    gone = {"kind": "ReplicaSet", "name": "web", "propagation": "Orphan"}

    verdict = run(WEB, events=[{"at": "1m", "delete": gone}])

    assert len(verdict.answer["final"]["pods"]) == 3


def test_a_rollout_replaces_all_pods_and_undo_brings_the_old_template_back() -> None:
    web = workload("Deployment", "web", 4)
    change = {"kind": "Deployment", "name": "web", "image": "web:2"}
    verdict = run(
        web,
        events=[
            {"at": "1m", "setImage": change},
            {"at": "5m", "undo": {"kind": "Deployment", "name": "web"}},
        ],
    )

    assert {pod["image"] for pod in verdict.answer["final"]["pods"]} == {"web:1"}
    assert sorted(verdict.answer["final"]["replicaSets"].values()) == [0, 4]
    assert verdict.outcome is Outcome.YES


def test_a_rollout_to_a_broken_image_stops_and_passes_its_deadline() -> None:
    web = workload("Deployment", "web", 4)
    change = {"kind": "Deployment", "name": "web", "image": "web:bad"}
    verdict = run(web, until="20m", broken=["web:bad"], events=[{"at": "1m", "setImage": change}])

    reasons = [each["reason"] for each in verdict.answer["timeline"] if each["what"] == "progressing"]
    assert reasons[-1] == "ProgressDeadlineExceeded"
    assert [pod["image"] for pod in verdict.answer["final"]["pods"] if pod["ready"]] == ["web:1"] * 3
    assert verdict.outcome is Outcome.NO


def test_a_slow_rollout_that_moves_does_not_pass_its_deadline() -> None:
    strategy = {"type": "RollingUpdate", "rollingUpdate": {"maxSurge": 1, "maxUnavailable": 0}}
    web = workload("Deployment", "web", 4, minReadySeconds=240, strategy=strategy)
    change = {"kind": "Deployment", "name": "web", "image": "web:2"}
    verdict = run(web, until="2h", events=[{"at": "10m", "setImage": change}])

    changes = [each for each in verdict.answer["timeline"] if each["what"] == "progressing"]
    assert changes[-1]["reason"] == "NewReplicaSetAvailable"
    assert changes[-1]["t"] > 600 + 600
    assert "ProgressDeadlineExceeded" not in [each["reason"] for each in changes]


def test_a_paused_deployment_does_not_roll_out_until_it_is_resumed() -> None:
    web = workload("Deployment", "web", 2)
    subject = {"kind": "Deployment", "name": "web"}
    events = [
        {"at": "1m", "pause": subject},
        {"at": "2m", "setImage": subject | {"image": "web:2"}},
        {"at": "5m", "resume": subject},
    ]

    paused = run(web, until="4m", events=events[:2])
    resumed = run(web, events=events)

    assert {pod["image"] for pod in paused.answer["final"]["pods"]} == {"web:1"}
    assert {pod["image"] for pod in resumed.answer["final"]["pods"]} == {"web:2"}


def test_a_daemon_set_updates_one_node_after_the_other() -> None:
    logs = workload("DaemonSet", "logs", None)
    change = {"kind": "DaemonSet", "name": "logs", "image": "logs:2"}
    verdict = run(*NODES, logs, events=[{"at": "1m", "setImage": change}])

    deletions = [t for t, _ in happened(verdict, "deleted")]
    assert deletions == [60, 75, 90]
    assert {pod["image"] for pod in verdict.answer["final"]["pods"]} == {"logs:2"}


def test_a_surging_daemon_set_starts_the_new_pod_before_the_old_one_goes() -> None:
    strategy = {"type": "RollingUpdate", "rollingUpdate": {"maxSurge": 1, "maxUnavailable": 0}}
    logs = workload("DaemonSet", "logs", None, updateStrategy=strategy)
    change = {"kind": "DaemonSet", "name": "logs", "image": "logs:2"}
    verdict = run(*NODES, logs, events=[{"at": "1m", "setImage": change}])

    assert happened(verdict, "created")[3][0] < happened(verdict, "deleted")[0][0]
    assert {pod["image"] for pod in verdict.answer["final"]["pods"]} == {"logs:2"}


def test_a_lost_node_is_replaced_by_a_replica_set_but_not_by_a_stateful_set() -> None:
    verdict = run(*NODES, WEB, DB, until="20m", events=[{"at": "2m", "nodeLost": "n0"}])

    after = [name for t, name in happened(verdict, "created") if t > 120]
    assert any(name.startswith("web-") for name in after)
    assert not any(name.startswith("db-") for name in after)


def test_a_daemon_stays_on_a_lost_node_for_it_tolerates_what_is_unreachable() -> None:
    verdict = run(
        *NODES, workload("DaemonSet", "logs", None), until="20m", events=[{"at": "2m", "nodeLost": "n0"}]
    )

    assert happened(verdict, "deleted") == []
    assert [pod["ready"] for pod in verdict.answer["final"]["pods"] if pod["node"] == "n0"] == [False]
    assert verdict.outcome is Outcome.NO


def test_a_pod_that_tolerates_an_unreachable_node_for_good_is_not_evicted() -> None:
    tolerant = template("web:1", "web")
    tolerant["spec"]["tolerations"] = [{"key": "node.kubernetes.io/unreachable", "operator": "Exists"}]
    lost = [{"at": "2m", "nodeLost": "n0"}]

    patient = run(*NODES, workload("ReplicaSet", "web", template=tolerant), until="20m", events=lost)

    assert happened(patient, "deleted") == []
    assert happened(run(*NODES, WEB, until="20m", events=lost), "deleted") != []


@pytest.mark.parametrize(
    ("seconds", "evicted"),
    [
        pytest.param([30], 150, id="as long as it says"),
        pytest.param([600, 60], 180, id="the shortest counts"),
        pytest.param([None, 60], 180, id="one that ends, though another does not"),
        pytest.param([0], 120, id="at once"),
        pytest.param([], 420, id="five minutes where it says nothing"),
    ],
)
def test_a_pod_bears_a_lost_node_for_its_toleration_seconds(seconds: list[int | None], evicted: int) -> None:
    bearing = template("web:1", "web")
    unreachable = {"key": "node.kubernetes.io/unreachable", "operator": "Exists", "effect": "NoExecute"}
    bearing["spec"]["tolerations"] = [
        unreachable | ({} if each is None else {"tolerationSeconds": each}) for each in seconds
    ]
    web = workload("ReplicaSet", "web", template=bearing)

    verdict = run(*NODES, web, until="20m", events=[{"at": "2m", "nodeLost": "n0"}])

    assert [t for t, _ in happened(verdict, "deleted")] == [evicted]


@pytest.mark.parametrize(
    ("propagation", "when", "left"),
    [
        pytest.param("Background", 60, 0, id="the owner at once"),
        pytest.param("Foreground", 65, 0, id="the owner last, when its pods have stopped"),
        pytest.param("Orphan", 60, 3, id="the owner alone"),
    ],
)
@pytest.mark.parametrize("kind", ["Deployment", "StatefulSet", "ReplicaSet"])
def test_how_a_set_goes(kind: str, propagation: str, when: int, left: int) -> None:
    delete = {"kind": kind, "name": "web", "propagation": propagation}

    verdict = run(workload(kind, "web"), events=[{"at": "1m", "delete": delete}])

    assert happened(verdict, "deleted", kind) == [(when, "web")]
    assert len(happened(verdict, "created")) == 3  # nothing is made again meanwhile
    assert [t for t, _ in happened(verdict, "deleted")] == [60] * (3 - left)
    assert len(verdict.answer["final"]["pods"]) == left
    assert len(verdict.answer["sets"][f"{kind}/web"]["created"]) == 3  # told though it is gone


def test_undo_brings_back_the_template_of_a_daemon_set() -> None:
    subject = {"kind": "DaemonSet", "name": "logs"}
    changes = [{"at": f"{minute}m", "setImage": subject | {"image": f"logs:{minute}"}} for minute in (2, 4)]

    def images(**undo: Any) -> set[str]:
        events = [*changes, {"at": "6m", "undo": subject | undo}]
        final = run(*NODES, workload("DaemonSet", "logs", None), until="20m", events=events).answer["final"]
        return {pod["image"] for pod in final["pods"]}

    assert images() == {"logs:2"}
    assert images(toRevision=1) == {"logs:1"}


def test_undo_brings_a_stateful_set_back_but_for_the_pod_that_is_broken() -> None:
    """The known trap of OrderedReady: the broken pod is waited for until somebody deletes it."""
    subject = {"kind": "StatefulSet", "name": "db"}
    events = [
        {"at": "2m", "setImage": subject | {"image": "db:2"}},
        {"at": "5m", "undo": subject},
        {"at": "8m", "deletePod": "db-2"},
    ]
    stuck, freed = (run(DB, broken=["db:2"], events=events[:number]) for number in (2, 3))

    assert [pod["image"] for pod in stuck.answer["final"]["pods"]] == ["db:1", "db:1", "db:2"]
    assert [pod["image"] for pod in freed.answer["final"]["pods"]] == ["db:1"] * 3
    assert freed.outcome is Outcome.YES


def test_a_paused_deployment_is_not_rolled_back() -> None:
    subject = {"kind": "Deployment", "name": "web"}

    with pytest.raises(InvalidQuestionError, match="resume it first"):
        run(
            workload("Deployment", "web", 2),
            events=[{"at": "1m", "pause": subject}, {"at": "2m", "undo": subject}],
        )


@pytest.mark.parametrize("kind", ["Deployment", "ReplicaSet", "StatefulSet", "DaemonSet"])
def test_a_set_that_does_not_select_its_own_pods_is_refused_as_by_the_api(kind: str) -> None:
    blind = workload(kind, "web", None, selector={"matchLabels": {"app": "other"}})

    with pytest.raises(InvalidObjectError, match="does not match the labels"):
        run(blind)


@pytest.mark.parametrize("kind", ["Deployment", "ReplicaSet", "StatefulSet"])
def test_a_set_of_fewer_than_no_pods_is_refused(kind: str) -> None:
    with pytest.raises(InvalidObjectError, match="fewer than no pods"):
        run(workload(kind, "web", -1))


@pytest.mark.parametrize("asked", [{"until": "-1m"}, {"startDelay": "0s"}, {"stopDelay": "-5s"}])
def test_time_that_does_not_go_forward_is_refused(asked: dict[str, Any]) -> None:
    with pytest.raises(InvalidQuestionError, match="time goes forward"):
        run(WEB, **asked)


def test_two_objects_of_one_name_are_refused() -> None:
    with pytest.raises(InvalidObjectError, match="one ReplicaSet named `web`"):
        run(WEB, {**WEB, "metadata": {"name": "web", "namespace": "default"}})


def elsewhere(found: dict[str, Any]) -> dict[str, Any]:
    return {**found, "metadata": found["metadata"] | {"namespace": "other"}}


@pytest.mark.parametrize("kind", ["Deployment", "ReplicaSet", "StatefulSet"])
def test_namesakes_in_two_namespaces_do_not_meddle(kind: str) -> None:
    """Same names, same labels, same ordinals; only one of the two is changed."""
    claims = {"serviceName": "web", "volumeClaimTemplates": CLAIMS} if kind == "StatefulSet" else {}
    web = workload(kind, "web", 2, **claims)
    subject = {"kind": kind, "name": "web", "namespace": "other"}

    verdict = run(
        web,
        elsewhere(web),
        events=[
            {"at": "2m", "scale": subject | {"replicas": 3}},
            {"at": "3m", "scale": subject | {"replicas": 0}},
            {"at": "4m", "delete": subject},
        ],
    )

    sets, final = verdict.answer["sets"], verdict.answer["final"]
    assert len(sets[f"{kind}/web"]["created"]) == 2
    assert sets[f"{kind}/web"]["deleted"] == []
    assert len(sets[f"{kind}/other/web"]["created"]) == len(sets[f"{kind}/other/web"]["deleted"]) == 3
    assert len(final["pods"]) == 2
    assert not any(pod["name"].startswith("other/") for pod in final["pods"])
    assert sum(name.startswith("other/") for name in final["claims"]) == (3 if claims else 0)


def test_a_pod_elsewhere_is_deleted_by_its_namespace_and_name() -> None:
    events = [{"at": "2m", "deletePod": "other/db-1"}]

    verdict = run(DB, elsewhere(DB), events=events)

    assert happened(verdict, "deleted") == [(120, "other/db-1")]


def test_the_same_run_is_the_same_every_time_and_is_worded() -> None:
    one, other = run(WEB, DB), run(WEB, DB)

    assert one.answer == other.answer
    for lang in Lang:
        assert all(render(step, lang) for step in one.steps)


@pytest.mark.parametrize(
    ("event", "says"),
    [
        pytest.param({"at": "1m"}, "exactly one thing", id="nothing happens"),
        pytest.param({"at": "1m", "deletePod": "x", "nodeLost": "n"}, "exactly one thing", id="two things"),
        pytest.param({"at": "1m", "deletePod": "nobody"}, "no Pod named", id="a pod that is not there"),
        pytest.param(
            {"at": "1m", "undo": {"kind": "ReplicaSet", "name": "web"}}, "cannot be changed", id="wrong kind"
        ),
        pytest.param({"at": "-1m", "deletePod": "web"}, "time goes forward", id="before the start"),
        pytest.param(
            {"at": "1m", "scale": {"kind": "ReplicaSet", "name": "web", "replicas": -1}},
            ">= 0",
            id="fewer than none",
        ),
        pytest.param(
            {"at": "1m", "undo": {"kind": "Deployment", "name": "front", "toRevision": 7}},
            "no revision 7",
            id="no such revision",
        ),
    ],
)
def test_an_event_that_makes_no_sense_is_refused(event: dict[str, Any], says: str) -> None:
    with pytest.raises(InvalidQuestionError, match=says):
        run(WEB, workload("Deployment", "front", 1), events=[event])


@given(
    replicas=st.integers(0, 6),
    later=st.integers(0, 6),
    minimum=st.sampled_from([0, 7]),
    deleted=st.integers(0, 5),
)
@settings(max_examples=40, deadline=None)
def test_ordered_ready_never_has_two_pods_starting(
    replicas: int, later: int, minimum: int, deleted: int
) -> None:
    db = workload("StatefulSet", "db", replicas, serviceName="db", minReadySeconds=minimum)
    events: list[dict[str, Any]] = [
        {"at": "3m", "scale": {"kind": "StatefulSet", "name": "db", "replicas": later}}
    ]
    if deleted < replicas:
        events.append({"at": "2m30s", "deletePod": f"db-{deleted}"})

    verdict = run(db, events=events, until="20m")

    assert verdict.answer["sets"]["StatefulSet/db"]["mostStartingAtOnce"] <= 1
    assert len(verdict.answer["final"]["pods"]) == later


@given(
    replicas=st.integers(1, 8),
    surge=st.integers(0, 3),
    unavailable=st.integers(0, 3),
    minimum=st.sampled_from([0, 15]),
    broken=st.booleans(),
)
@settings(max_examples=40, deadline=None)
def test_a_rollout_never_breaks_its_bounds(
    replicas: int, surge: int, unavailable: int, minimum: int, broken: bool
) -> None:
    if surge == unavailable == 0:
        unavailable = 1
    rolling = {"maxSurge": surge, "maxUnavailable": unavailable}
    web = workload(
        "Deployment",
        "web",
        replicas,
        minReadySeconds=minimum,
        strategy={"type": "RollingUpdate", "rollingUpdate": rolling},
    )
    change = {"kind": "Deployment", "name": "web", "image": "web:2"}

    verdict = run(
        web, until="15m", broken=["web:2"] if broken else [], events=[{"at": "2m", "setImage": change}]
    )

    sizes: dict[str, int] = {}
    ready: set[str] = set()
    by_moment: dict[float, list[dict[str, Any]]] = defaultdict(list)
    for each in verdict.answer["timeline"]:
        by_moment[each["t"]].append(each)
    for moment, entries in by_moment.items():
        for each in entries:
            if each["kind"] == "ReplicaSet":
                sizes[each["name"]] = each["to"] if each["what"] == "scaled" else each["replicas"]
            elif each["what"] == "ready":
                ready.add(each["name"])
            elif each["what"] == "deleted":
                ready.discard(each["name"])
            assert sum(sizes.values()) <= replicas + surge
        if moment >= 120:
            assert len(ready) >= replicas - unavailable
