"""Where a link of a finished file may lead: to hosts that are on the list to the letter."""

from __future__ import annotations

import pytest

from handout.proof.safety import is_allowed

HOSTS = ("aka.ms", "login.school.be")


@pytest.mark.parametrize(
    "address",
    ["https://aka.ms", "https://aka.ms/mfasetup?x=1#y", "https://login.school.be/", "mailto:ict@evil.nl"],
)
def test_link_to_a_host_on_the_list_or_a_mail_address_is_allowed(address: str) -> None:
    assert is_allowed(address, HOSTS)


@pytest.mark.parametrize(
    "address",
    [
        "https://evilaka.ms/",
        "https://evil.aka.ms/",
        "https://aka.ms.evil.nl/",
        "https://aka.m/",
        "https://aka.ms:443/",
        "https://aka.ms@evil.nl/",
        "https://ik@aka.ms/",
        "https://AKA.ms/",
        "https:aka.ms",
        "https:///aka.ms",
        "https://[aka.ms/",
        "https://",
        "http://aka.ms/",
        "javascript:alert(1)",
        "file:///aka.ms",
        "//aka.ms/",
        "aka.ms",
        "",
        "mailto:ict@school.be?bcc=x@evil.nl",
    ],
)
def test_link_to_anywhere_else_is_forbidden(address: str) -> None:
    assert not is_allowed(address, HOSTS)


def test_no_host_is_allowed_where_none_is_on_the_list() -> None:
    assert not is_allowed("https://aka.ms/", ())
    assert not is_allowed("https:///", ())
