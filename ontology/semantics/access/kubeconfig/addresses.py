"""Addresses in a kubeconfig, as the client's URL parser reads them.

Source: pkg.go.dev/net/url#Parse.
"""

import re
from urllib.parse import urlsplit

# What follows the last colon of a host is a port: digits, or nothing.
_NAME = r"[^\s\\^{|}`%\[\]:]*"
_HOST = re.compile(rf"(?:[^@]*@)?(?:\[[^\]]*\](?::[0-9]*)?|{_NAME}|(?:{_NAME}:)+[0-9]*)")
_CONTROL = re.compile(r"[\x00-\x20\x7f]")


def scheme(address: str) -> str:
    """Return the scheme of an address, `""` where there is none or the address is none."""
    if _CONTROL.search(address):
        return ""
    try:
        return urlsplit(address).scheme
    except ValueError:
        return ""


def is_secure(server: str) -> bool:
    """Whether a client would speak TLS: the address says `https`; without a scheme it means `http`."""
    if scheme(server) != "https":
        return False
    host = urlsplit(server).netloc
    return bool(host) and _HOST.fullmatch(host) is not None
