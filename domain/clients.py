"""Who asks: the client's address as limits count it, behind our own proxies or not."""

import ipaddress
from collections.abc import Sequence


def client_of(peer: str, forwarded_for: str, trusted_proxies: Sequence[str]) -> str:
    """The nearest address on the way here that is not one of our own proxies.

    `peer` is whom the connection comes from, `forwarded_for` the header X-Forwarded-For. Behind a
    proxy the client is whom the trusted proxy names, never whom the request claims. An IPv6
    client is its /64, since one household can hold them all.
    """
    networks = [ipaddress.ip_network(network) for network in trusted_proxies]
    hops = [hop.strip() for hop in forwarded_for.split(",")]
    address = peer
    while hops and _is_within(address, networks):
        address = hops.pop() or address
    return _household(address) or _household(peer) or peer


def _is_within(
    address: str, networks: Sequence[ipaddress.IPv4Network | ipaddress.IPv6Network]
) -> bool:
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return False
    return any(parsed in network for network in networks)


def _household(address: str) -> str:
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return ""
    if isinstance(parsed, ipaddress.IPv6Address):
        return str(parsed.ipv4_mapped or ipaddress.ip_network((parsed, 64), strict=False))
    return str(parsed)
