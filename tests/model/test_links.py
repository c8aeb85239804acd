"""Which addresses may stand on a handout, and how they are shown."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from handout.model.links import (
    check_host,
    check_mail,
    check_url,
    fix_for,
    fix_for_mail,
    names_other_host,
    parted_mails,
    shown_address,
    shown_hosts,
)

ALLOWED = frozenset(("aka.ms", "login.school.be", "www.school.be"))

ACCEPTED = (
    "https://aka.ms/mfasetup",
    "https://www.school.be",
    "https://www.school.be/",
    "https://www.school.be/hulp/mfa?taal=nl&x=1",
    "https://www.school.be/hulp#stap-5",
    "https://www.school.be/@ict/caf%20e",
    "https://login.school.be/?naar=https://www.school.be/hulp",
)

REFUSED = (
    ("", "empty"),
    ("http://aka.ms/mfasetup", "does not begin with https://"),
    ("HTTPS://aka.ms/mfasetup", "does not begin with https://"),
    ("javascript:alert(1)", "that of a program"),
    ("data:text/html,x", "that of a file in itself"),
    ("//aka.ms/mfasetup", "does not begin with https://"),
    ("/mfasetup", "does not begin with https://"),
    ("https:aka.ms", "does not begin with https://"),
    (" https://aka.ms/", "a space at position 1"),
    ("https://aka.ms/a b", "a space at position 17"),
    ("https://aka.ms/ab c", "a space at position 18"),
    ("https://aka.ms/a\n", "a control character (U+000A)"),
    ("https://aka.ms/\x00", "a control character (U+0000)"),
    ("https://aka.ms/\x7f", "a control character (U+007F)"),
    ("https://aka.ms/\u202egro.live", "RIGHT-TO-LEFT OVERRIDE (U+202E)"),
    ("https://aka.ms/\u2066x", "LEFT-TO-RIGHT ISOLATE (U+2066)"),
    ("https://aka.ms/\u200bx", "ZERO WIDTH SPACE (U+200B)"),
    ("https://aka.ms/\ud800x", "an unknown character (U+D800)"),
    ("https://ak\u0430.ms/mfasetup", "CYRILLIC SMALL LETTER A (U+0430)"),
    ("https://aka\uff0ems/mfasetup", "FULLWIDTH FULL STOP (U+FF0E)"),
    ("https://aka.ms\\@evil.nl/", "a backslash"),
    ("https:\\\\aka.ms/", "a backslash"),
    ("https://[::1]/", "LEFT SQUARE BRACKET (U+005B)"),
    ("https://aka.ms/<script>", "LESS-THAN SIGN (U+003C)"),
    ("https://ik@aka.ms/", "a user name in front of its host"),
    ("https://aka.ms@evil.nl/", "a user name in front of its host"),
    ("https://aka.ms:443@evil.nl/", "a user name in front of its host"),
    ("https://aka.ms:443/", "has a port"),
    ("https://aka.ms:/", "has a port"),
    ("https://aka.ms./", "ends with a dot"),
    ("https://AKA.ms/", "has capitals"),
    ("https://127.0.0.1/", "is an IP address"),
    ("https://127.1/", "is an IP address"),
    ("https://2130706433/", "is an IP address"),
    ("https://0x7f000001/", "is an IP address"),
    ("https://1.2.3.4./", "is an IP address"),
    ("https://xn--ak-9ia.ms/", "punycode"),
    ("https://www.xn--ak-9ia.ms/", "punycode"),
    ("https:///aka.ms", "'' is not the name of a host"),
    ("https://?aka.ms", "'?' straight after the host"),
    ("https://evil.nl#@aka.ms/", "'#' straight after the host"),
    ("https://aka.ms?@evil.nl/", "'?' straight after the host"),
    ("https://aka.ms%2eevil.nl/", "'aka.ms%2eevil.nl' is not the name of a host"),
    ("https://localhost/", "'localhost' is not the name of a host"),
    ("https://aka.ms/#//evil.nl", "more than a simple name after '#'"),
    ("https://aka.ms/#@evil.nl", "more than a simple name after '#'"),
    ("https://aka.ms/#a#b", "more than a simple name after '#'"),
    ("https://aka.ms/%0d%0aHost:evil.nl", "the escape '%0d'"),
    ("https://aka.ms/%5c..", "the escape '%5c'"),
    ("https://aka.ms/%E2%80%AEx", "the escape '%E2'"),
    ("https://aka.ms/100%", "the escape '%'"),
    ("https://aka.ms/" + "a" * 286, "has 301 characters; 300 are allowed"),
    ("https://evil.nl/mfasetup", "the host 'evil.nl' is not one of the allowed hosts"),
    ("https://school.be/", "the host 'school.be' is not one of the allowed hosts"),
    ("https://aka.ms.evil.nl/", "the host 'aka.ms.evil.nl' is not one of the allowed hosts"),
    ("https://evilaka.ms/", "the host 'evilaka.ms' is not one of the allowed hosts"),
    ("https://evil.aka.ms/", "the host 'evil.aka.ms' is not one of the allowed hosts"),
    ("https://aka.m/", "the host 'aka.m' is not one of the allowed hosts"),
    ("https://evil.nl/https://aka.ms/", "the host 'evil.nl' is not one of the allowed hosts"),
    ("https://www.school.be/?naar=https://evil.nl/", "holds another, 'https://evil.nl…'"),
    ("https://www.school.be/?naar=https%3A%2F%2Fevil.nl", "holds another, 'https%3A%2F%2Fevil.nl…'"),
    ("https://www.school.be/r/http://www.school.be/", "holds another, 'http://www.school.be…'"),
    ("https://www.school.be/?naar=https://aka.ms.evil.nl/", "holds another"),
    ("https://www.school.be/?naar=https://evilaka.ms/", "holds another"),
    ("https://www.school.be/?naar=https://evil.aka.ms/", "holds another"),
    ("https://www.school.be/?naar=HTTP://aka.ms/", "holds another"),
    ("https://www.school.be/?naar=sftp://aka.ms/", "holds another"),
    ("https://www.school.be/?a=1&amp;b=2", "holds '&amp;'"),
    ("tel:+3230000000", "that of a phone number"),
    ("mailto:ict@school.be", "that of a mail address"),
    ("WIFI:T:WPA;S:gast;P:welkom;;", "that of a wireless network"),
    ("https://café.be/", "the host of 'https://caf\\xe9.be/' holds LATIN SMALL LETTER E WITH ACUTE"),
)


@pytest.mark.parametrize("url", ACCEPTED)
def test_plain_https_address_on_an_allowed_host_is_accepted(url: str) -> None:
    assert check_url(url, ALLOWED) is None


@pytest.mark.parametrize(("url", "what"), REFUSED, ids=range(len(REFUSED)))
def test_address_that_can_deceive_is_refused_with_its_reason(url: str, what: str) -> None:
    assert what in (check_url(url, ALLOWED) or "accepted")


def test_ip_address_is_refused_even_where_the_list_names_it() -> None:
    assert "IP address" in (check_url("https://10.0.0.7/", {"10.0.0.7"}) or "")


def test_three_hundred_characters_are_accepted() -> None:
    assert check_url("https://aka.ms/" + "a" * 285, ALLOWED) is None


@pytest.mark.parametrize(("url", "what"), REFUSED, ids=range(len(REFUSED)))
def test_message_about_an_address_is_one_short_line_of_ascii(url: str, what: str) -> None:
    message = (check_url(url, ALLOWED) or "") + fix_for(url, ALLOWED)
    assert "\n" not in message
    assert message.replace("…", "").isascii()
    assert len(message) < 600


@pytest.mark.parametrize(
    ("url", "fix"),
    [
        ("https://aka.mss/mfasetup", "did you mean 'aka.ms'?"),
        ("https://evil.nl/", "add it to allowed-hosts under [links]"),
        ("http://aka.ms/mfasetup", "write https://aka.ms/mfasetup"),
        ("//aka.ms/mfasetup", "write https://aka.ms/mfasetup"),
        ("aka.ms/mfasetup", "write https://aka.ms/mfasetup"),
        ("https://AKA.ms/", "write aka.ms"),
        ("https://aka.ms?x=1", "https://aka.ms/?x=1"),
        ("mailto:ict@school.be", "write it in a text as [helpdesk@school.be](mailto:helpdesk@school.be)"),
        ("https://aka.ms/?a=1&amp;b=2", "write & in its place"),
        ("https://aka.ms/?a=1&nbsp;b=2", "copy the address from the browser again"),
        ("https://aka.ms/", "nothing to mend"),
    ],
)
def test_fix_says_what_to_write_instead(url: str, fix: str) -> None:
    assert fix in fix_for(url, ALLOWED)


def test_fix_of_a_mail_link_leaves_out_what_is_no_address() -> None:
    assert "mailto:ict@school.be" in fix_for_mail("mailto:ict@school.be?subject=x")


PIECES = ("https://", "http://", "//", "/", "\\", "@", ":", "443", "?", "#", ".", "%2e", "%", "[", "]", "\t")
HOSTS = ("aka.ms", "login.school.be", "www.school.be", "evil.nl", "127.1", "xn--a", "ak\u0430.ms", "AKA.MS")

addresses = st.one_of(
    st.text(max_size=40),
    st.lists(st.sampled_from(PIECES + HOSTS), max_size=9).map("".join),
    st.builds("https://{}/{}".format, st.sampled_from(HOSTS), st.text("abcXYZ019/?#@:.%-_~", max_size=30)),
)


@given(addresses)
@example("https://aka.ms/")
def test_accepted_address_has_a_host_on_the_list_for_another_parser_too(url: str) -> None:
    if check_url(url, ALLOWED) is not None:
        return
    parts = urlsplit(url)
    assert parts.scheme == "https"
    assert parts.netloc == parts.hostname
    assert parts.hostname in ALLOWED
    assert url.isascii()


@given(addresses)
def test_every_address_is_accepted_or_refused_with_a_fix(url: str) -> None:
    assert bool(check_url(url, ALLOWED)) == ("nothing to mend" not in fix_for(url, ALLOWED))
    assert bool(check_mail(url)) == ("nothing to mend" not in fix_for_mail(url))


@given(addresses)
@example("https://www.school.be/")
@example("https://www.school.be/a/")
def test_typing_what_is_shown_leads_to_the_same_page(url: str) -> None:
    if check_url(url, ALLOWED) is None:
        typed = "https://" + shown_address(url)
        assert typed.rstrip("/") == url.rstrip("/")
        assert check_url(typed, ALLOWED) is None


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("https://aka.ms/mfasetup", "aka.ms/mfasetup"),
        ("https://www.school.be/", "www.school.be"),
        ("https://www.school.be", "www.school.be"),
        ("https://www.school.be/hulp/", "www.school.be/hulp/"),
        ("mailto:ict@school.be", "ict@school.be"),
    ],
)
def test_address_is_shown_as_a_person_types_it(url: str, shown: str) -> None:
    assert shown_address(url) == shown


@pytest.mark.parametrize("url", ["mailto:ict@school.be", "mailto:jan.janssens+mfa@mail.school.be"])
def test_mail_link_to_one_address_is_accepted(url: str) -> None:
    assert check_mail(url) is None


@pytest.mark.parametrize(
    ("url", "what"),
    [
        ("ict@school.be", "does not begin with mailto:"),
        ("https://school.be/", "does not begin with mailto:"),
        ("mailto:", "is not one mail address"),
        ("mailto:ict", "is not one mail address"),
        ("mailto:@school.be", "is not one mail address"),
        ("mailto:a,b@school.be", "is not one mail address"),
        ("mailto:ict%0abcc@school.be", "is not one mail address"),
        ("mailto:ict@school.be?bcc=x@evil.nl", "carries more than an address"),
        ("mailto:ict@school.be,x@evil.nl", "user name"),
        ("mailto:ict@10.0.0.1", "is an IP address"),
        ("mailto:ict@school.be\r\nbcc:x", "a control character (U+000D)"),
        ("mailto:ict@schoo\u043b.be", "CYRILLIC SMALL LETTER EL"),
        ("mailto:ict@xn--scho-5ze.be", "punycode"),
    ],
)
def test_mail_link_with_more_than_one_plain_address_is_refused(url: str, what: str) -> None:
    assert what in (check_mail(url) or "accepted")


@pytest.mark.parametrize(
    "host", ["https://aka.ms", "aka.ms/", "*.school.be", "aka.ms:443", "AKA.MS", "be", ""]
)
def test_allowed_host_must_be_a_plain_name(host: str) -> None:
    assert check_host(host) is not None


@pytest.mark.parametrize(
    "text",
    [
        "evil.nl",
        "www.evil.nl",
        "https://evil.nl/mfasetup",
        "http://10.0.0.1/",
        "10.0.0.1",
        "https://aka.ms@evil.nl",
        "https://evil.nl@aka.ms",
        "Ga naar aka.ms.evil.nl.",
        "evilaka.ms",
        "evil.aka.ms",
        "https://evilaka.ms",
        "Ga naar (login.school.be)",
        "Let op:evil.nl",
        "mijn/evil.nl",
        "ak\u0430.ms",
        "evil\u3002nl",
        "evil\uff0enl",
        "ev\u00adil.nl",
        "EVIL.NL",
        "https://localhost/",
        "helpdesk@evil.nl",
        "//evil.nl",
        "evil.6.nl",
        "6.evil.nl",
        "evil.x.nl",
        "x.evil.nl",
        "evil.pdf.nl",
        "pdf.evil.nl",
    ],
)
def test_link_text_that_shows_another_host_is_caught(text: str) -> None:
    assert names_other_host(text, "https://aka.ms/mfasetup")


@pytest.mark.parametrize(
    "text",
    [
        "aka.ms/mfasetup",
        "https://aka.ms/mfasetup",
        "www.aka.ms",
        "AKA.MS",
        "aka.ms.",
        "(aka.ms)",
        "a\u200bka.ms",
        "aka.ms/foo.bar",
        "de beveiligingsgegevens",
        "d.w.z. hier",
        "o.a. stap 2.3",
        "versie 6.2408.5807",
        "handleiding.pdf",
        "de.hele.handleiding.pdf",
        "handleiding.2026.b",
        "Zie\taka.ms",
        "Zie\naka.ms",
        "Ga naar de site. Klik dan.",
        "",
    ],
)
def test_link_text_that_shows_no_other_host_passes(text: str) -> None:
    assert not names_other_host(text, "https://aka.ms/mfasetup")


@pytest.mark.parametrize(
    ("text", "mails", "rest"),
    [
        ("Mail ICT@School.be, of bel.", ("ict@school.be",), "mail  , of bel."),
        ("jan.j@a.be en b+c@d.be", ("jan.j@a.be", "b+c@d.be"), "  en  "),
        ("naam@handleiding.pdf", (), "naam@handleiding.pdf"),
        ("a@localhost", (), "a@localhost"),
        ("niets", (), "niets"),
    ],
)
def test_mail_addresses_in_a_text_are_parted_from_it(text: str, mails: tuple[str, ...], rest: str) -> None:
    assert parted_mails(text) == (mails, rest)


@pytest.mark.parametrize(
    ("text", "hosts"),
    [
        ("Ga naar https://Aka.ms:443/x of (login.school.be).", ["aka.ms", "login.school.be"]),
        ("https://aka.ms@evil.nl", ["aka.ms", "evil.nl"]),
        ("'https://aka.ms'", ["aka.ms"]),
        ("Ict@school.be", ["school.be"]),
        ("ict@school", []),
        ("jan.peeters@school", []),
        ("10.0.0.1 en 1.2.3 en 1.2.3.4.5", ["10.0.0.1"]),
        ("geen", []),
    ],
)
def test_hosts_that_a_reader_sees_in_a_text_are_told(text: str, hosts: list[str]) -> None:
    assert list(shown_hosts(text)) == hosts


def test_name_of_a_host_has_up_to_253_characters() -> None:
    assert check_host("a." * 125 + "bcd") is None
    assert "is not the name of a host" in (check_host("a." * 125 + "bcde") or "")


def test_address_in_a_message_is_whole_up_to_eighty_characters() -> None:
    ends = {
        length: (check_url("http://" + "a" * (length - 7), ALLOWED) or "").split("'")[1]
        for length in (79, 80, 81)
    }
    assert ends[79] == "http://" + "a" * 72
    assert ends[80] == "http://" + "a" * 73
    assert ends[81] == "http://" + "a" * 72 + "…"


def test_mail_address_as_the_text_of_its_own_mail_link_passes() -> None:
    assert not names_other_host("jan.janssens@school.be", "mailto:jan.janssens@school.be")
    assert names_other_host("jan.janssens@school.be", "mailto:jan.janssens@evil.nl")


@given(st.text(max_size=60), addresses)
def test_any_text_over_any_address_is_judged(text: str, url: str) -> None:
    assert names_other_host(text, url) in (True, False)


@given(st.text("abc. ", max_size=20), st.text(" (", max_size=2))
def test_host_of_another_is_caught_in_any_words(before: str, gap: str) -> None:
    assert names_other_host(f"{before} {gap}evil.nl", "https://aka.ms/")
