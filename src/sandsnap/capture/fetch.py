"""Fetch pages politely and archive every answer before anybody reads it. The only module that speaks HTTP.

Errors of one page become issues; one host's failure never touches another's pages. What is no page's fault (the
archive cannot be written) is raised after all pages have ended.
"""

import asyncio
import hashlib
import re
import ssl
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from http.cookiejar import CookieJar, DefaultCookiePolicy
from types import TracebackType
from urllib.parse import urljoin

import httpcore
import httpx

from sandsnap.capture.addresses import AddressRefusedError, CheckedBackend
from sandsnap.capture.archive import Archive
from sandsnap.capture.download import ACCEPT_ENCODING, BodyCutError, BodyRefusedError, read_body
from sandsnap.capture.errors import ArchiveError
from sandsnap.capture.limits import Budget, Gate, backoff_s, retry_after_s
from sandsnap.capture.policy import FetchPolicy, FetchRequest, FetchResult
from sandsnap.capture.robots import Rules, rules_of, unreachable
from sandsnap.capture.warc import kept_headers
from sandsnap.model import Capture, Issue

MAY_PASS = frozenset({429, 500, 502, 503, 504})
REDIRECTS = frozenset({301, 302, 303, 307, 308})


async def fetch_all(
    requests: Sequence[FetchRequest],
    policy: FetchPolicy,
    archive: Archive | None = None,
    on_result: Callable[[FetchResult], None] | None = None,
) -> list[FetchResult]:
    """Fetch pages at once, each host at its own pace; the results are in the order of the requests.

    Every response is archived (where there is an archive) before it is returned, whatever its status; a 304 gives
    the body of the last capture, with today's time. Issues are of the kinds fetch_failed and http_status.
    `on_result` is called as each page ends. Raises ArchiveError and OSError when the archive fails, an
    ExceptionGroup when several pages met that; never for a page.
    """
    hosts = frozenset(host.lower() for request in requests for host in request.hosts)
    async with _Session(policy, archive, hosts) as session:

        async def one(request: FetchRequest) -> FetchResult:
            result = await session.fetch(request)
            if on_result is not None:
                on_result(result)
            return result

        outcomes = await asyncio.gather(*map(one, requests), return_exceptions=True)
    results = [outcome for outcome in outcomes if isinstance(outcome, FetchResult)]
    errors = [outcome for outcome in outcomes if isinstance(outcome, BaseException)]
    if len(errors) == 1:
        raise errors[0]
    if errors:
        raise BaseExceptionGroup("several pages could not be kept", errors)
    return results


class _FailedError(Exception):
    """A page cannot be had. `transient`: another attempt may succeed."""

    def __init__(self, message: str, *, transient: bool = False) -> None:
        super().__init__(message)
        self.transient = transient


@dataclass(frozen=True, slots=True)
class _Answer:
    """One HTTP response, whole. `problem` says why a redirect was not followed."""

    url: str
    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes
    received_at: datetime
    redirects: tuple[str, ...] = ()
    problem: str | None = None

    def header(self, name: str) -> str | None:
        return next((value for key, value in self.headers if key.lower() == name.lower()), None)


class _Transport(httpx.AsyncHTTPTransport):
    """httpx's transport on a pool whose connections are checked: httpx has no public way to hand one in."""

    def __init__(self, context: ssl.SSLContext, backend: CheckedBackend) -> None:
        super().__init__(verify=context, http2=True, trust_env=False)
        self._pool = httpcore.AsyncConnectionPool(
            ssl_context=context,
            max_connections=100,
            max_keepalive_connections=20,
            keepalive_expiry=15.0,
            http2=True,
            network_backend=backend,
        )


class _Session:
    """One run: the client, and what was learned about each host."""

    def __init__(self, policy: FetchPolicy, archive: Archive | None, hosts: frozenset[str]) -> None:
        self._policy, self._archive, self._hosts = policy, archive, hosts
        self._gates: dict[str, Gate] = {}
        self._rules: dict[str, asyncio.Task[Rules]] = {}
        backend = CheckedBackend(policy.resolve, allow_private=policy.allow_private)
        self._client = httpx.AsyncClient(
            transport=_Transport(policy.ssl_context or httpx.create_ssl_context(), backend),
            headers={"User-Agent": policy.user_agent, "Accept-Encoding": ACCEPT_ENCODING},
            timeout=httpx.Timeout(policy.read_timeout_s, connect=policy.connect_timeout_s, pool=None),
            # What a page says must not depend on which page was fetched before it.
            cookies=CookieJar(DefaultCookiePolicy(allowed_domains=[])),
            follow_redirects=False,
            trust_env=False,  # no .netrc, no proxy: a proxy would resolve names where we cannot check them
        )

    async def __aenter__(self) -> "_Session":
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._client.aclose()

    async def fetch(self, request: FetchRequest) -> FetchResult:
        """One page, archived; or the issue."""
        known = self._known(request)
        hosts = frozenset(host.lower() for host in request.hosts)
        budget = Budget(self._policy.deadline_s)
        result = await self._fetch(request, known, hosts, budget)
        return replace(result, seconds=self._policy.deadline_s - budget.left_s)

    async def _fetch(
        self, request: FetchRequest, known: Capture | None, hosts: frozenset[str], budget: Budget
    ) -> FetchResult:
        try:
            answer = await self._retrying(request.url, request.accept, hosts, known, budget, obey=True)
        except _FailedError as error:
            return FetchResult(request, None, _issue(request, "fetch_failed", str(error)))
        received, unchanged = len(answer.body), False
        if answer.status == 304 and known is not None and _conditions(answer.url, known):
            fresh = {name.lower() for name, _ in answer.headers}
            old = tuple((name, value) for name, value in known.headers if name.lower() not in fresh)
            answer = replace(answer, status=known.status, headers=old + answer.headers, body=known.body)
            unchanged = True
        capture = Capture(
            url=request.url,
            captured_at=answer.received_at,
            body=answer.body,
            sha256=hashlib.sha256(answer.body).hexdigest(),
            status=answer.status,
            headers=kept_headers(answer.headers),
            redirects=answer.redirects,
        )
        if self._archive is not None:
            capture = self._archive.add(capture)
        if answer.problem is not None:
            return FetchResult(request, capture, _issue(request, "fetch_failed", answer.problem), received=received)
        if capture.status != 200:
            message = f"{answer.url} answered {answer.status}; look whether the page has moved, and correct the source"
            return FetchResult(request, capture, _issue(request, "http_status", message), received=received)
        return FetchResult(request, capture, unchanged=unchanged, received=received)

    def _known(self, request: FetchRequest) -> Capture | None:
        """The last good whole capture, when it can be asked whether it still holds."""
        if self._archive is None or not request.conditional:
            return None
        try:
            last = self._archive.latest(request.url, status=200)
        except ArchiveError:
            return None  # the record is damaged (`archive verify` says so): the page is asked for anew, in full
        usable = last is not None and last.complete and (last.header("ETag") or last.header("Last-Modified"))
        return last if usable else None

    async def _retrying(
        self, url: str, accept: str, hosts: frozenset[str], known: Capture | None, budget: Budget, *, obey: bool
    ) -> _Answer:
        """The answer after redirects and retries. Raises _FailedError."""
        policy = self._policy
        for attempt in range(policy.attempts):
            last = attempt + 1 == policy.attempts
            wait = backoff_s(attempt, policy.backoff_s, policy.backoff_cap_s)
            try:
                answer = await self._following(url, accept, hosts, known, budget, obey=obey)
            except _FailedError as error:
                if last or not error.transient:
                    times = f" ({attempt + 1} attempts)" if attempt else ""
                    raise _FailedError(f"{error}{times}") from error
            else:
                if answer.status not in MAY_PASS:
                    return answer
                asked = retry_after_s(answer.header("Retry-After"), answer.received_at)
                if asked is not None and asked > policy.retry_after_cap_s:
                    return answer
                if asked is not None:
                    self._gate(answer.url).pause(asked)
                    wait = max(asked, wait) if asked else 0.0
                if last:
                    return answer
            await asyncio.sleep(wait)
        raise ValueError("the policy's attempts must be at least 1")

    async def _following(
        self, url: str, accept: str, hosts: frozenset[str], known: Capture | None, budget: Budget, *, obey: bool
    ) -> _Answer:
        """One attempt, redirects followed; every hop is checked before it is made. Raises _FailedError."""
        problem = self._why_not(url, hosts)
        if problem is not None:
            raise _FailedError(f"{url}: {problem}")
        passed = [url]
        while True:
            here = passed[-1]
            if obey:
                refusal = (await self._rules_for(here)).why_not(here)
                if refusal is not None:
                    raise _FailedError(f"{here}: {refusal}")
            answer = await self._exchange(here, accept, known, budget)
            answer = replace(answer, redirects=tuple(passed) if len(passed) > 1 else ())
            target = answer.header("Location")
            if answer.status not in REDIRECTS or target is None:
                return answer
            try:
                following = urljoin(here, target)
            except ValueError as error:
                return replace(answer, problem=f"{here} redirects to {target!r}, which is no URL ({error})")
            problem = self._why_not(following, hosts)
            if problem is None and len(passed) > self._policy.max_redirects:
                problem = f"more than {self._policy.max_redirects} redirects; look at the page in a browser"
            if problem is not None:
                return replace(answer, problem=f"{here} redirects to {following}: {problem}")
            passed.append(following)

    def _why_not(self, url: str, hosts: frozenset[str]) -> str | None:
        """Why a URL is not one of the vendor's; None when it is."""
        try:
            parsed = httpx.URL(url)
        except httpx.InvalidURL as error:
            return f"not a URL ({error}); correct the source"
        if parsed.scheme != "https" and not (parsed.scheme == "http" and self._policy.allow_http):
            return f"scheme {parsed.scheme!r}; only https is fetched"
        if url != url.strip():
            return "white space around the URL; take it out"
        if parsed.userinfo:
            return "a user name in the URL; take it out"
        if parsed.host.lower() not in hosts:
            return f"host {parsed.host!r} is not declared; add it to the vendor's hosts if it is theirs"
        return None

    async def _rules_for(self, url: str) -> Rules:
        """The rules of a URL's host, asked for once however many pages wait for them."""
        origin = _origin(url)
        if origin not in self._rules:
            self._rules[origin] = asyncio.ensure_future(self._ask_rules(origin))
        return await self._rules[origin]

    async def _ask_rules(self, origin: str) -> Rules:
        budget = Budget(self._policy.deadline_s)
        try:
            answer = await self._retrying(f"{origin}/robots.txt", "text/plain", self._hosts, None, budget, obey=False)
        except _FailedError as error:
            return unreachable(str(error))
        if answer.problem is not None:
            return unreachable(answer.problem)
        rules = rules_of(answer.status, answer.body)
        self._gate(origin).slow_to(min(rules.crawl_delay_s, self._policy.crawl_delay_cap_s))
        return rules

    def _gate(self, url: str) -> Gate:
        origin = _origin(url)
        if origin not in self._gates:
            self._gates[origin] = Gate(self._policy.requests_per_s, self._policy.concurrency)
        return self._gates[origin]

    async def _exchange(self, url: str, accept: str, known: Capture | None, budget: Budget) -> _Answer:
        """One request and its whole response, at the host's pace and on the budget. Raises _FailedError."""
        headers = {"Accept": accept, **_conditions(url, known)}
        async with self._gate(url).passing():
            try:
                async with budget.spending():
                    return await self._send(url, headers)
            except TimeoutError as error:
                raise _FailedError(f"{url}: no whole answer within {self._policy.deadline_s:g} s") from error
            except (AddressRefusedError, BodyRefusedError) as error:
                raise _FailedError(f"{url}: {error}") from error
            except BodyCutError as error:
                raise _FailedError(f"{url}: {error}", transient=True) from error
            except (httpx.TimeoutException, httpx.NetworkError, httpx.RemoteProtocolError) as error:
                transient = not _is_certificate(error)
                raise _FailedError(f"{url}: {_said(error)}", transient=transient) from error
            except Exception as error:  # whatever a library makes of one page, the other pages go on
                raise _FailedError(f"{url}: {_said(error)}") from error

    async def _send(self, url: str, headers: dict[str, str]) -> _Answer:
        async with self._client.stream("GET", url, headers=headers) as response:
            received_at = datetime.now(UTC)
            body = await read_body(
                response.aiter_raw(), response.headers.get("Content-Encoding"), self._policy.max_bytes
            )
            headers_in = tuple((name, _one_line(value)) for name, value in response.headers.multi_items())
            return _Answer(url, response.status_code, headers_in, body, received_at)


def _conditions(url: str, known: Capture | None) -> dict[str, str]:
    """The conditional headers; only for the URL whose answer the validators came with."""
    if known is None or url != (known.redirects[-1] if known.redirects else known.url):
        return {}
    pairs = (("If-None-Match", known.header("ETag")), ("If-Modified-Since", known.header("Last-Modified")))
    return {name: value for name, value in pairs if value is not None}


def _one_line(value: str) -> str:
    """A header value without control characters and outer white space: what can be archived as one line."""
    return re.sub(r"[\x00-\x1f\x7f]", " ", value).strip()


def _origin(url: str) -> str:
    parsed = httpx.URL(url)
    return f"{parsed.scheme}://{parsed.netloc.decode().lower()}"


def _said(error: Exception) -> str:
    """An error in words: some of httpx's carry no text."""
    return f"{type(error).__name__}: {error}" if str(error) else type(error).__name__


def _is_certificate(error: BaseException | None) -> bool:
    """Whether a bad certificate is behind an error: that does not pass."""
    while error is not None:
        if isinstance(error, ssl.SSLCertVerificationError):
            return True
        error = error.__cause__ or error.__context__
    return False


def _issue(request: FetchRequest, kind: str, message: str) -> Issue:
    return Issue(kind=kind, vendor=request.vendor, source_url=request.url, message=message)
