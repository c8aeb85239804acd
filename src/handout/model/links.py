"""Judges addresses: where a link, a QR code or a field of a school may lead.

A leaflet that sends a school to a false sign-in page is the worst thing that this program can do. So an
address must be one that every browser, phone and PDF reader takes apart in the same way. All functions are
pure.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass

from handout.model.findings import suggest
from handout.model.messages import Message, say, together

LONGEST_ADDRESS = 300
"""Characters. A longer one makes a QR code too dense to scan from paper, and nobody types it."""

_HTTPS = "https://"
_MAILTO = "mailto:"

_FOREIGN_CHARACTER = re.compile(r"[^A-Za-z0-9\-._~:/?#@!$&'()*+,;=%]")
"""What RFC 3986 §2 does not allow, and the square brackets, which only an IP address needs."""
_BAD_PERCENT = re.compile(r"%(?![0-9A-Fa-f]{2})|%[01][0-9A-Fa-f]|%7[Ff]|%5[Cc]|%[89A-Fa-f][0-9A-Fa-f]")
"""A broken escape, or one that hides a control character, a backslash or a character that is not ASCII."""
_HOST = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")
"""Labels as in RFC 1123 §2.1, at least two."""
_ENDS_IN_NUMBER = re.compile(r"(?:.*\.)?(?:[0-9]+|0x[0-9a-f]*)\.?", re.IGNORECASE)
"""What a browser takes for an IPv4 address, 127.1 and 0x7f000001 too (WHATWG URL §3.5)."""
_FRAGMENT = re.compile(r"[A-Za-z0-9._~-]*")
"""The name of a place on a page. More could be read as a second address."""
_MAIL_NAME = re.compile(r"[A-Za-z0-9_+-]+(?:\.[A-Za-z0-9_+-]+)*")

_SHOWN_ADDRESS = re.compile(
    r"\w+:/+(?P<authority>[^\s/?#\\]+)|(?P<name>(?>[\w-]+(?:\.[\w-]+)+))(?P<user>@?)(?:[/?#]\S*)?"
)
"""What a reader takes for an address: anything after `scheme://`, and any words joined by dots."""
_SHOWN_MAIL = re.compile(r"(?<![\w.+-])[\w+-]+(?:\.[\w+-]+)*@(?P<name>(?>[\w-]+(?:\.[\w-]+)+))")
_FILE_SUFFIXES = frozenset(
    ("csv", "doc", "docx", "htm", "html", "jpeg", "jpg", "mp4", "pdf", "png", "svg", "txt", "xls", "xlsx")
)
"""A name that ends like this is a file. None of them is a top-level domain, as zip and md are."""


@dataclass(frozen=True)
class _AddressFault:
    what: Message
    fix: Message


def check_url(url: str, allowed_hosts: Collection[str]) -> Message | None:
    """Return in plain words what is wrong with *url*, or None.

    It must be https and ASCII, on a host that is exactly one of *allowed_hosts*, without anything that
    two programs could read in two ways.
    """
    fault = _url_fault(url, allowed_hosts)
    return fault.what if fault else None


def check_mail(url: str) -> Message | None:
    """Return in plain words what is wrong with the mail link *url*, or None.

    It must be `mailto:` and one address: no subject, no copies, nothing escaped.
    """
    fault = _mail_fault(url)
    return fault.what if fault else None


def check_host(host: str) -> Message | None:
    """Return in plain words what is wrong with *host* as a name on the list of allowed hosts, or None."""
    fault = _host_fault(host)
    return fault.what if fault else None


def fix_for(url: str, allowed_hosts: Collection[str]) -> Message:
    """Return how to mend *url*, no web address that may be printed, with the nearest of *allowed_hosts*."""
    fault = _url_fault(url, allowed_hosts)
    return fault.fix if fault else say("nothing to mend: the address is in order")


def fix_for_mail(url: str) -> Message:
    """Return how to mend *url*, which is no mail link that may be printed."""
    fault = _mail_fault(url)
    return fault.fix if fault else say("nothing to mend: the address is in order")


def shown_address(url: str) -> str:
    """Return *url* as a person types it: without `https://` or `mailto:`, and without a lone last slash."""
    address = url.removeprefix(_HTTPS).removeprefix(_MAILTO)
    return address[:-1] if address.count("/") == 1 and address.endswith("/") else address


def names_other_host(text: str, url: str) -> bool:
    """Tell whether *text*, the visible words of a link to *url*, shows the address of another host.

    A leading `www.` makes no difference; any other part of the name does.
    """
    host = _without_www(_host_of(url))
    return any(_without_www(shown) != host for shown in shown_hosts(text))


# ---- a web address ----------------------------------------------------------------------------


def _url_fault(url: str, allowed_hosts: Collection[str]) -> _AddressFault | None:
    for judge in _URL_JUDGES:
        if fault := judge(url):
            return fault
    host = _host_of(url)
    if fault := _host_fault(host):
        return fault
    if host not in allowed_hosts:
        return _unknown_host(host, allowed_hosts)
    return _inner_address_fault(url, allowed_hosts)


def _length_fault(url: str) -> _AddressFault | None:
    if not url:
        return _AddressFault(
            say("the address is empty"), say("write the whole address, {https}…", https=_HTTPS)
        )
    if len(url) > LONGEST_ADDRESS:
        return _AddressFault(
            say(
                "the address {url} has {url_count} characters; {longest_address} are allowed",
                url=_quoted(url),
                url_count=len(url),
                longest_address=LONGEST_ADDRESS,
            ),
            say("make a short link on the organisation's own site and write that"),
        )
    return None


def _character_fault(url: str) -> _AddressFault | None:
    found = _FOREIGN_CHARACTER.search(url)
    if not found:
        return None
    return _AddressFault(
        say(
            "the address {url} holds {described} at position {start}",
            url=_quoted(url),
            described=_described(found[0]),
            start=found.start() + 1,
        ),
        say("type the address by hand: letters without accents, digits and / ? # . - _ only"),
    )


_PUT_ON_A_PAGE = say("put it on a page of the organisation, and write the address of that")
_OTHER_WAYS: Mapping[str, tuple[Message, Message]] = {
    "tel": (
        say("a phone number"),
        say("write the number as text, or in the column 'phone' of the table of schools"),
    ),
    "sms": (say("a phone number"), say("write the number as text, and in `…` what to send to it")),
    "mailto": (
        say("a mail address"),
        say("write it in a text as [helpdesk@school.be](mailto:helpdesk@school.be)"),
    ),
    "wifi": (
        say("a wireless network"),
        say("write the name and the password of the network in a step, each as `…`"),
    ),
    "geo": (say("a place on a map"), say("write the street and the number as text")),
    "http": (
        say("a page that anyone on the way can change"),
        say("write it with https://, if its site has that"),
    ),
    "file": (say("a file of one computer"), _PUT_ON_A_PAGE),
    "ftp": (say("a file server"), _PUT_ON_A_PAGE),
    "javascript": (say("a program"), say("write the address of a page, https://…")),
    "data": (say("a file in itself"), _PUT_ON_A_PAGE),
}
"""Of schemes that people try: what such an address is, and how it comes on paper."""
_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*):")


def other_way(url: str) -> tuple[Message, Message] | None:
    """Return what *url* is and how that comes on paper, where its scheme is known and is not https."""
    found = _SCHEME.match(url)
    return _OTHER_WAYS.get(found[1].lower()) if found else None


def _other_way_fault(url: str) -> _AddressFault | None:
    other = other_way(url)
    if other is None or url.lower().startswith("http:"):
        return None
    what, fix = other
    return _AddressFault(
        say("the address {url} is that of {what}, and no link to a page", url=_quoted(url), what=what), fix
    )


def _foreign_host_fault(url: str) -> _AddressFault | None:
    """Refuse a host with letters that are not ASCII: it can look like another (UTS #39)."""
    found = re.match(r"(?:https?://)?([^/?#\s\\@]+)", url)
    if not found or found[1].isascii() or "." not in found[1]:
        return None
    letters = together(", ", dict.fromkeys(_described(sign) for sign in found[1] if not sign.isascii()))
    return _AddressFault(
        say("the host of {url} holds {letters}", url=_quoted(url), letters=letters),
        say(
            "write the name of the site in plain letters a-z; if it has none, make a short link "
            "on one that has"
        ),
    )


def _scheme_fault(url: str) -> _AddressFault | None:
    if url.startswith(_HTTPS):
        return None
    rest = re.sub(r"^[A-Za-z][A-Za-z0-9+.-]*:/*|^/+", "", url)
    return _AddressFault(
        say("the address {url} does not begin with {https}", url=_quoted(url), https=_HTTPS),
        say("write {https}{rest}", https=_HTTPS, rest=rest)
        if rest
        else say("write the whole address, {https}…", https=_HTTPS),
    )


_ENTITY = re.compile(r"&(?:amp|quot|lt|gt|apos|nbsp|#[0-9]+|#x[0-9A-Fa-f]+);")


def _entity_fault(url: str) -> _AddressFault | None:
    found = _ENTITY.search(url)
    if not found:
        return None
    written = {"&amp;": "&", "&quot;": '"', "&lt;": "<", "&gt;": ">", "&apos;": "'"}.get(found[0])
    fix = (
        say("write {written} in its place", written=written)
        if written
        else say("copy the address from the browser again")
    )
    return _AddressFault(
        say(
            "the address {url} holds '{found}', as it stands in the source of a page",
            url=_quoted(url),
            found=found[0],
        ),
        fix,
    )


_ADDRESS_WITHIN = re.compile(
    r"[?&=/](?P<scheme>[A-Za-z]+)(?::|%3[Aa])(?:/|%2[Ff]){2}(?P<host>[A-Za-z0-9.-]*)"
)


def _inner_address_fault(url: str, allowed_hosts: Collection[str]) -> _AddressFault | None:
    """Refuse what may lead on to another site: the host that we judged is not where its reader ends."""
    for found in _ADDRESS_WITHIN.finditer(url):
        if found["scheme"].lower() != "https" or found["host"] not in allowed_hosts:
            return _AddressFault(
                say(
                    "the address {url} holds another, '{found}…', to which it may lead on",
                    url=_quoted(url),
                    found=found[0][1:],
                ),
                say("write the address of the page where the reader must end"),
            )
    return None


def _escape_fault(url: str) -> _AddressFault | None:
    found = _BAD_PERCENT.search(url)
    if not found:
        return None
    return _AddressFault(
        say(
            "the address {url} holds the escape '{url2}', which is broken or hides a character",
            url=_quoted(url),
            url2=url[found.start() : found.start() + 3],
        ),
        say("copy the address from the browser again, or use one without %"),
    )


def _after_host_fault(url: str) -> _AddressFault | None:
    authority = _authority_of(url)
    after = url.removeprefix(_HTTPS)[len(authority) :]
    # Some readers look for the host after the last @ of the whole address: a slash ends it for all of them.
    if not after or after.startswith("/"):
        return None
    return _AddressFault(
        say("the address {url} has '{after}' straight after the host", url=_quoted(url), after=after[0]),
        say(
            "write a slash between them: {https}{authority}/{after}",
            https=_HTTPS,
            authority=authority,
            after=after,
        ),
    )


def _fragment_fault(url: str) -> _AddressFault | None:
    _, _, fragment = url.partition("#")
    if _FRAGMENT.fullmatch(fragment):
        return None
    return _AddressFault(
        say("the address {url} has more than a simple name after '#'", url=_quoted(url)),
        say("leave out the part from '#', or use letters, digits, '-', '.', '_' and '~' there"),
    )


_URL_JUDGES: tuple[Callable[[str], _AddressFault | None], ...] = (
    _length_fault,
    _entity_fault,
    _foreign_host_fault,
    _other_way_fault,
    _character_fault,
    _scheme_fault,
    _escape_fault,
    _after_host_fault,
    _fragment_fault,
)
"""In this order: each may rely on those before it."""


# ---- a host -----------------------------------------------------------------------------------


def _host_fault(host: str) -> _AddressFault | None:
    plain = say("write the plain name of the site, such as www.school.be")
    if "@" in host:
        return _AddressFault(
            say("the address has a user name in front of its host: {host}", host=_quoted(host)), plain
        )
    if _ENDS_IN_NUMBER.fullmatch(host) or host.startswith("["):
        return _AddressFault(say("the host {host} is an IP address", host=_quoted(host)), plain)
    if ":" in host:
        return _AddressFault(
            say("the host {host} has a port", host=_quoted(host)),
            say("leave out the colon and the number after it"),
        )
    if host.endswith("."):
        return _AddressFault(
            say("the host {host} ends with a dot", host=_quoted(host)), say("leave out the last dot")
        )
    if host != host.lower():
        return _AddressFault(
            say("the host {host} has capitals", host=_quoted(host)), say("write {host}", host=host.lower())
        )
    if any(label.startswith("xn--") for label in host.split(".")):
        return _AddressFault(
            say("the host {host} is in punycode, which can look like another name", host=_quoted(host)), plain
        )
    if len(host) > 253 or not _HOST.fullmatch(host):
        return _AddressFault(say("{host} is not the name of a host", host=_quoted(host)), plain)
    return None


def _unknown_host(host: str, allowed_hosts: Collection[str]) -> _AddressFault:
    return _AddressFault(
        say("the host '{host}' is not one of the allowed hosts", host=host),
        say(
            "{suggest}. If you trust '{host}', add it to allowed-hosts under [links]",
            suggest=suggest(host, allowed_hosts),
            host=host,
        ),
    )


# ---- a mail link ------------------------------------------------------------------------------


def _mail_fault(url: str) -> _AddressFault | None:
    if fault := _length_fault(url) or _character_fault(url):
        return fault
    name, at, host = url.removeprefix(_MAILTO).partition("@")
    if not url.startswith(_MAILTO):
        return _AddressFault(
            say("the mail link {url} does not begin with {mailto}", url=_quoted(url), mailto=_MAILTO),
            say("write {mailto}{url}", mailto=_MAILTO, url=url),
        )
    if "?" in host:
        return _AddressFault(
            say("the mail link {url} carries more than an address", url=_quoted(url)),
            say(
                "leave out the part from '?': {mailto}{name}@{partition}",
                mailto=_MAILTO,
                name=name,
                partition=host.partition("?")[0],
            ),
        )
    if not at or not _MAIL_NAME.fullmatch(name):
        return _AddressFault(
            say("the mail link {url} is not one mail address", url=_quoted(url)),
            say("write one address, such as {mailto}helpdesk@school.be", mailto=_MAILTO),
        )
    return _host_fault(host)


# ---- what a reader sees -----------------------------------------------------------------------


def shown_hosts(text: str) -> Iterator[str]:
    """Yield the hosts that a reader of *text* would take for web addresses, in lower case."""
    for found in _SHOWN_ADDRESS.finditer(_as_seen(text)):
        if found["authority"]:
            # A reader sees a host on either side of an @.
            for part in found["authority"].split("@"):
                yield part.partition(":")[0].strip(".,;!)'\"")
        elif not found["user"] and _looks_like_host(found["name"]):
            yield found["name"]


def parted_mails(text: str) -> tuple[tuple[str, ...], str]:
    """Return the mail addresses that a reader sees in *text*, in lower case, and the text without them."""
    mails: list[str] = []

    def taken(found: re.Match[str]) -> str:
        if not _looks_like_host(found["name"]):
            return found[0]
        mails.append(found[0])
        return " "

    rest = _SHOWN_MAIL.sub(taken, _as_seen(text))
    return tuple(mails), rest


def _looks_like_host(name: str) -> bool:
    labels = name.split(".")
    if all(label.isdecimal() for label in labels):
        return len(labels) == 4
    # d.w.z. and v1.2 are no hosts.
    return len(labels[-1]) > 1 and not labels[-1].isdecimal() and labels[-1] not in _FILE_SUFFIXES


def _as_seen(text: str) -> str:
    """Return *text* without invisible characters, and with lookalike dots and slashes as plain ones."""
    if text.isascii():
        return text.casefold()  # it holds neither: the rest would give the same
    visible = "".join(character for character in text if unicodedata.category(character) != "Cf")
    return unicodedata.normalize("NFKC", visible).casefold().replace("。", ".")


def _without_www(host: str) -> str:
    return host.removeprefix("www.")


def _authority_of(url: str) -> str:
    return re.split(r"[/?#]", url.removeprefix(_HTTPS), maxsplit=1)[0]


def _host_of(url: str) -> str:
    if url.startswith(_MAILTO):
        return url.rpartition("@")[2]
    return _authority_of(url)


def _quoted(address: str) -> str:
    """Return *address* for a message: not too long, and in ASCII, so that it cannot deceive there too."""
    shown = ascii(address)[1:-1]
    return f"'{shown[:79]}…'" if len(shown) > 80 else f"'{shown}'"


def _described(character: str) -> Message:
    if character == " ":
        return say("a space")
    if character == "\\":
        return say("a backslash")
    number = f"U+{ord(character):04X}"
    if unicodedata.category(character) == "Cc":
        return say("a control character ({number})", number=number)
    name = unicodedata.name(character, "")
    return (
        say("{name} ({number})", name=name, number=number)
        if name
        else say("an unknown character ({number})", number=number)
    )
