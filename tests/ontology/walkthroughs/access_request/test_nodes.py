"""Kubelets: what the node authorizer lets them do, and what NodeRestriction keeps them from."""

from typing import Any

import pytest

from ontology.scenario import Scenario, decode
from ontology.semantics.rbac.requests import Request, User
from ontology.walkthroughs.access_request import nodes
from ontology.walkthroughs.access_request.admission.node_restriction import restrict
from ontology.walkthroughs.access_request.admission.write import Write

KUBELET = User(name="system:node:n1", groups=("system:nodes", "system:authenticated"))
POD: dict[str, Any] = {
    "apiVersion": "v1",
    "kind": "Pod",
    "metadata": {"name": "web", "namespace": "dev"},
    "spec": {
        "nodeName": "n1",
        "serviceAccountName": "ci",
        "containers": [
            {"name": "c", "image": "i", "envFrom": [{"configMapRef": {"name": "settings"}}]},
        ],
        "volumes": [
            {"name": "s", "secret": {"secretName": "tls"}},
            {"name": "d", "persistentVolumeClaim": {"claimName": "data"}},
        ],
    },
}
CLAIM = {
    "apiVersion": "v1",
    "kind": "PersistentVolumeClaim",
    "metadata": {"name": "data", "namespace": "dev"},
    "spec": {"volumeName": "pv1"},
}


def scenario(*objects: dict[str, Any]) -> Scenario:
    return decode({"system": "access", "objects": list(objects), "question": {"request": {}}})


def request(verb: str, resource: str, name: str = "", namespace: str = "dev", group: str = "") -> Request:
    resource, _, subresource = resource.partition("/")
    return Request(
        user=KUBELET,
        verb=verb,
        api_group=group,
        resource=resource,
        subresource=subresource,
        name=name,
        namespace=namespace,
    )


@pytest.mark.parametrize(
    ("asked", "why"),
    [
        pytest.param(request("get", "secrets", "tls"), "", id="a secret of its pod"),
        pytest.param(request("watch", "configmaps", "settings"), "", id="a configmap of its pod"),
        pytest.param(request("get", "persistentvolumeclaims", "data"), "", id="a claim of its pod"),
        pytest.param(request("get", "persistentvolumes", "pv1", ""), "", id="the volume of that claim"),
        pytest.param(request("create", "serviceaccounts/token", "ci"), "", id="a token for its pod"),
        pytest.param(request("get", "nodes", "n1", ""), "", id="itself"),
        pytest.param(
            request("get", "secrets", "other"),
            "no relationship found between node 'n1' and this object",
            id="another secret",
        ),
        pytest.param(
            request("get", "secrets", "tls", "prod"),
            "no relationship found between node 'n1' and this object",
            id="a namesake",
        ),
        pytest.param(request("list", "secrets"), "No Object name found", id="all secrets"),
        pytest.param(
            request("delete", "secrets", "tls"), "can only read resources of this type", id="no writing"
        ),
        pytest.param(
            request("get", "nodes", "n2", ""),
            "node 'n1' cannot read 'n2', only its own Node object",
            id="another node",
        ),
        pytest.param(
            request("list", "nodes", "", ""),
            "node 'n1' cannot read all nodes, only its own Node object",
            id="all nodes",
        ),
    ],
)
def test_node_authorization(asked: Request, why: str) -> None:
    assert nodes.allows(scenario(POD, CLAIM), asked) == (not why, why)


@pytest.mark.parametrize(
    "user",
    [
        pytest.param(User(name="system:node:n1"), id="not in the group"),
        pytest.param(User(name="n1", groups=("system:nodes",)), id="no node's name"),
    ],
)
def test_who_is_no_kubelet(user: User) -> None:
    assert nodes.node_of(user) is None


def ruled(asked: Request, written: dict[str, Any], old: dict[str, Any] | None = None) -> list[str]:
    write = Write(scenario=scenario(), request=asked, object=written, old=old)
    return [each.message for each in restrict(write)]


def node(name: str = "n1", labels: dict[str, str] | None = None, **spec: Any) -> dict[str, Any]:
    return {"metadata": {"name": name, "labels": labels or {}}, "spec": spec}


def mirror(**spec: Any) -> dict[str, Any]:
    own = {"name": "p", "annotations": {"kubernetes.io/config.mirror": "hash"}}
    return {"metadata": own, "spec": {"nodeName": "n1", **spec}}


TAINT = {"key": "k", "effect": "NoSchedule"}


@pytest.mark.parametrize(
    ("asked", "written", "old", "message"),
    [
        pytest.param(
            request("create", "pods"),
            {"metadata": {"name": "p"}, "spec": {"nodeName": "n1"}},
            None,
            'pods "p" is forbidden: pod does not have "kubernetes.io/config.mirror" annotation, '
            'node "n1" can only create mirror pods',
            id="a pod",
        ),
        *(
            pytest.param(
                request("create", "pods"),
                mirror(**spec),
                None,
                f'pods "p" is forbidden: node "n1" can not create pods that reference {resource}',
                id=f"a mirror pod with {resource}",
            )
            for resource, spec in [
                ("serviceaccounts", {"serviceAccountName": "default"}),
                ("secrets", {"volumes": [{"name": "v", "secret": {"secretName": "s"}}]}),
                ("configmaps", {"volumes": [{"name": "v", "configMap": {"name": "c"}}]}),
                ("persistentvolumeclaims", {"volumes": [{"persistentVolumeClaim": {"claimName": "d"}}]}),
            ]
        ),
        pytest.param(request("create", "pods"), mirror(), None, "", id="a mirror pod"),
        pytest.param(
            request("delete", "pods", "p"),
            {},
            {"metadata": {"name": "p"}, "spec": {"nodeName": "n2"}},
            'pods "p" is forbidden: node "n1" can only delete pods with spec.nodeName set to itself',
            id="another's pod",
        ),
        pytest.param(
            request("patch", "pods/status", "p"),
            {},
            {"metadata": {"name": "p"}, "spec": {"nodeName": "n2"}},
            'pods "p" is forbidden: node "n1" can only update pod status for pods with spec.nodeName set to itself',
            id="another's status",
        ),
        pytest.param(
            request("update", "nodes", "n2", ""),
            node("n2"),
            node("n2"),
            'nodes "n2" is forbidden: node "n1" is not allowed to modify node "n2"',
            id="another node",
        ),
        pytest.param(
            request("update", "nodes", "n1", ""),
            node(labels={"node-role.kubernetes.io/control-plane": ""}),
            node(),
            'nodes "n1" is forbidden: is not allowed to modify labels: node-role.kubernetes.io/control-plane',
            id="a role",
        ),
        pytest.param(
            request("create", "nodes", "n1", ""),
            node(labels={"node-restriction.kubernetes.io/x": "", "kubernetes.io/os": "linux"}),
            None,
            'nodes "n1" is forbidden: node "n1" is not allowed to set the following labels: '
            "node-restriction.kubernetes.io/x",
            id="a label that is reserved",
        ),
        pytest.param(
            request("update", "nodes", "n1", ""),
            node(taints=[]),
            node(taints=[TAINT]),
            'nodes "n1" is forbidden: node "n1" is not allowed to modify taints',
            id="a taint",
        ),
        pytest.param(
            request("update", "nodes", "n1", ""), node(labels={"zone": "a"}), node(), "", id="its own label"
        ),
        pytest.param(request("delete", "pods", "p"), {}, {"spec": {"nodeName": "n1"}}, "", id="its own pod"),
    ],
)
def test_node_restriction(
    asked: Request, written: dict[str, Any], old: dict[str, Any] | None, message: str
) -> None:
    assert ruled(asked, written, old) == [message]
