"""No request leaves for a private network: names are resolved once, every address is checked, and the connection
goes to an address that was checked. A name that resolves differently a moment later (DNS rebinding) gains nothing.
"""

import asyncio
import socket
from collections.abc import Awaitable, Callable, Iterable, Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address

import httpcore

_NAT64 = IPv6Network("64:ff9b::/96")
# Withdrawn, and public to Python's ipaddress still: site-local addresses (RFC 3879), the 6to4 relay (RFC 7526).
_WITHDRAWN = (IPv6Network("fec0::/10"), IPv4Network("192.88.99.0/24"))


class AddressRefusedError(Exception):
    """A host whose address may not be connected to, or that has none."""


async def resolve(host: str, port: int) -> Sequence[str]:
    """The addresses of a host, as the system gives them. Raises socket.gaierror for an unknown name."""
    loop = asyncio.get_running_loop()
    found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


def is_public(address: str) -> bool:
    """Whether an IP address is one of the open internet: not private, loopback, link-local, multicast or reserved.

    An IPv6 address that carries an IPv4 one (mapped, 6to4, NAT64, Teredo) must carry a public one.
    """
    ip = ip_address(address.partition("%")[0])
    return _public(ip) and all(_public(inner) for inner in _carried(ip))


def _public(ip: IPv4Address | IPv6Address) -> bool:
    if isinstance(ip, IPv6Address) and ip.ipv4_mapped:
        return True  # the mapped one decides
    if any(ip.version == net.version and ip in net for net in _WITHDRAWN):
        return False
    return (ip.is_global and not (ip.is_multicast or ip.is_reserved)) or ip in _NAT64


def _carried(ip: IPv4Address | IPv6Address) -> Iterable[IPv4Address]:
    if isinstance(ip, IPv4Address):
        return ()
    nat64 = IPv4Address(int(ip) & 0xFFFFFFFF) if ip in _NAT64 else None
    inner = (ip.ipv4_mapped, ip.sixtofour, nat64, *(ip.teredo or ()))
    return [address for address in inner if address is not None]


class CheckedBackend(httpcore.AsyncNetworkBackend):
    """A network backend that connects to public addresses only, unless `allow_private`."""

    def __init__(self, resolver: Callable[[str, int], Awaitable[Sequence[str]]], *, allow_private: bool) -> None:
        self._resolve = resolver
        self._allow_private = allow_private
        self._backend = httpcore.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        """Connect to the first address of the host that answers.

        Raises AddressRefusedError when any of its addresses is not public, httpcore.ConnectError when the name
        has no address or none of them answers, httpcore.ConnectTimeout.
        """
        try:
            addresses = await self._resolve(host, port)
        except socket.gaierror as error:
            if error.errno == socket.EAI_NONAME:
                raise AddressRefusedError(f"no host has the name {host}; correct the source") from error
            raise httpcore.ConnectError(f"no address for {host}: {error.strerror}") from error
        refused = [address for address in addresses if not (self._allow_private or is_public(address))]
        if refused:
            raise AddressRefusedError(
                f"{host} has the address {refused[0]}, which is not public; set allow_private if that is meant"
            )
        problem: Exception = httpcore.ConnectError(f"no address for {host}")
        for address in addresses:
            try:
                return await self._backend.connect_tcp(address, port, timeout, local_address, socket_options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                problem = error
        raise problem

    async def connect_unix_socket(
        self, path: str, timeout: float | None = None, socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None
    ) -> httpcore.AsyncNetworkStream:
        """Never: no vendor is behind a socket of this machine."""
        raise AddressRefusedError(f"{path} is a socket of this machine")

    async def sleep(self, seconds: float) -> None:
        """Wait."""
        await asyncio.sleep(seconds)
