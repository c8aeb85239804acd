"""What languages are called."""

from __future__ import annotations

from functools import lru_cache


@lru_cache(maxsize=64)
def own_name(tag: str) -> str:
    """Return what the language *tag* (BCP 47) is called by who speaks it: العربية, Türkçe; else the tag."""
    return name_in(tag, tag)


@lru_cache(maxsize=64)
def name_in(tag: str, language: str) -> str:
    """Return what the language *tag* is called in *language*, both BCP 47; without a name, the tag."""
    # Only here: the data of all languages take a tenth of a second to open.
    import babel

    try:
        known, spoken = (babel.Locale.parse(one, sep="-") for one in (tag, language))
        return babel.Locale(known.language).get_language_name(spoken) or tag
    except (babel.UnknownLocaleError, ValueError):
        return tag
