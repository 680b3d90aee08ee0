"""Uids and addresses that a cluster makes up: drawn from digests, so that a story is always the same.

Real ones differ each time. They do not depend on the order in which objects that have nothing to do with each
other are created.
"""

import json
from collections.abc import Collection
from hashlib import sha256
from typing import Any
from uuid import UUID

_SERVICES, _PODS = "10.96", "10.244"
_NODE_PORTS = range(30000, 32768)


def _digest(*parts: Any) -> bytes:
    return sha256(json.dumps(parts, sort_keys=True, default=str).encode()).digest()


def uid(*parts: Any) -> str:
    """Return a UUID that stands for `parts`."""
    return str(UUID(bytes=_digest(*parts)[:16], version=4))


def service_address(namespace: str, name: str, taken: Collection[str]) -> str:
    """Return a free address of the Service network."""
    return _address(_SERVICES, int.from_bytes(_digest(namespace, name)[:2]), taken)


def pod_address(node: str, pod_uid: str, taken: Collection[str]) -> str:
    """Return a free address of a node's part of the pod network."""
    third = int.from_bytes(_digest(node)[:1])
    return _address(_PODS, third * 256 + _digest(pod_uid)[0], taken)


def node_port(namespace: str, name: str, port: int, taken: Collection[int]) -> int:
    """Return a free port of those that nodes open for Services."""
    start = int.from_bytes(_digest(namespace, name, port)[:4])
    found = (_NODE_PORTS[(start + step) % len(_NODE_PORTS)] for step in range(len(_NODE_PORTS)))
    return next(each for each in found if each not in taken)


def _address(network: str, number: int, taken: Collection[str]) -> str:
    for step in range(65536):
        third, fourth = divmod((number + step) % 65536, 256)
        found = f"{network}.{third}.{fourth}"
        if fourth not in {0, 255} and found not in taken:
            return found
    raise RuntimeError(f"no address is left in {network}.0.0/16")
