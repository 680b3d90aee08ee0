"""DNS records and answers.

Source: github.com/kubernetes/dns/docs/specification.md (1.1.0); what it leaves open, such as the time to
live of 30 seconds, as the cluster's Corefile has it
(kubernetes.io/docs/tasks/administer-cluster/dns-custom-nameservers, v1.36).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

TTL = 30


class Status(StrEnum):
    """How a server answers: `NODATA` is a name that exists without records of the type asked for."""

    NOERROR = "NOERROR"
    NODATA = "NODATA"
    NXDOMAIN = "NXDOMAIN"


@dataclass(frozen=True, slots=True)
class Record:
    """One resource record; `data` as a zone file writes it, `ttl` in seconds."""

    name: str
    type: str
    data: str
    ttl: int = TTL


@dataclass(frozen=True, slots=True)
class Response:
    """What a server says about one full name. `server` names who knew: the cluster or a forwarder."""

    status: Status
    records: tuple[Record, ...] = ()
    server: str = "cluster"
    rule: str = "services.dnsUnknownName"


def respond(records: Sequence[Record], type_: str, rule: str) -> Response:
    """Return the records of the type asked for; a name that has others only exists without data."""
    wanted = tuple(record for record in records if record.type == type_)
    if wanted:
        return Response(Status.NOERROR, wanted, rule=rule)
    return Response(Status.NODATA if records else Status.NXDOMAIN, rule=rule)
