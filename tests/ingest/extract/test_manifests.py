from collections.abc import Callable

Read = Callable[[str], set[str]]


def test_an_object_its_values_and_its_links(read: Read) -> None:
    note = """# k8s
```yaml
apiVersion: v1
kind: Pod
metadata:
  name: web
  namespace: shop
  labels: {app: web}
  annotations: {team: blue}
spec:
  nodeSelector: {disk: ssd}
  containers:
    - name: web
      image: nginx:1.27
      args: [a, b]
      env:
        - name: KEY
          valueFrom:
            secretKeyRef: {name: s, key: k}
  volumes:
    - name: data
      persistentVolumeClaim: {claimName: c}
    - name: tmp
      emptyDir: {}
```
"""

    assert read(note) == {
        "Pod/web isA Pod",
        "Pod/web scopedTo Namespace/shop",
        "Pod/web hasField team=blue",
        "Pod/web selects disk=ssd",
        "Pod/web uses nginx:1.27",
        "Pod/web hasField args=a",
        "Pod/web hasField args=b",
        "Pod/web uses Secret/s",
        "Pod/web uses PersistentVolumeClaim/c",
    }


def test_bindings_and_backends_are_links(read: Read) -> None:
    note = """# k8s
```yaml
kind: RoleBinding
apiVersion: rbac.authorization.k8s.io/v1
metadata: {name: rb}
subjects: [{kind: User, name: jane}]
roleRef: {kind: Role, name: r, apiGroup: rbac.authorization.k8s.io}
---
kind: Ingress
apiVersion: networking.k8s.io/v1
metadata: {name: i}
spec: {defaultBackend: {service: {name: web, port: {number: 80}}}}
```
"""

    assert read(note) >= {
        "RoleBinding/rb connectsTo User/jane",
        "RoleBinding/rb connectsTo Role/r",
        "Ingress/i connectsTo Service/web",
    }


def test_broken_yaml_yields_nothing(read: Read) -> None:
    assert read("# k8s\n```yaml\nkind: [Pod\n```\n") == set()
