"""What the program says: each sentence is one that a catalog can hold, and each catalog holds all of them."""

from __future__ import annotations

import ast
import re
import string
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, get_type_hints

import pytest
from babel.messages.catalog import Catalog
from babel.messages.mofile import read_mo
from docs import messages
from docs.messages import LANGUAGES, PROGRAM
from pydantic import BaseModel

from handout.machine import catalogs
from handout.model.findings import Finding, HandoutError
from handout.model.messages import ENGLISH, Message, in_words, say, say_count
from handout.project.reading.front_matter import HandoutMeta, ProcedureMeta
from handout.project.screen_labels import LabelRegister, ScreenLabel
from handout.project.settings import Settings

CODE = sorted(PROGRAM.rglob("*.py"))
MODULE_OF_SENTENCES = PROGRAM / "model/messages.py"


def blanks(pattern: str) -> set[str]:
    """Return the names in braces of *pattern*."""
    return {name for _, name, _, _ in string.Formatter().parse(pattern) if name is not None}


def forms(pattern: str) -> set[tuple[str, str]]:
    """Return the names in braces of *pattern*, each with how it is set: `{part:.0%}`."""
    parts = string.Formatter().parse(pattern)
    return {(name, form or "") for _, name, form, _ in parts if name is not None}


def patterns_of(call: ast.Call) -> list[str] | None:
    """Return the patterns of a call that makes a sentence; None where one is no literal."""
    assert isinstance(call.func, ast.Name)
    places = messages.CALLS[call.func.id] or (1,)
    written = [call.args[place - 1] for place in places]
    texts = [one.value for one in written if isinstance(one, ast.Constant) and isinstance(one.value, str)]
    return texts if len(texts) == len(places) == len(call.args) - (call.func.id == "say_count") else None


def wrong_calls(code: str) -> Iterator[str]:
    """Yield the calls in *code* whose sentence no catalog can hold, or whose values do not fit it."""
    for call in messages.patterns(code):
        texts = patterns_of(call)
        if texts is None:
            yield f"{call.lineno}: no literal"
            continue
        given = {str(keyword.arg) for keyword in call.keywords}
        counted = {"n"} if len(texts) > 1 else set()
        named = set().union(*map(blanks, texts))
        if named - counted != given:
            yield f"{call.lineno}: {sorted(named)} in the sentence, {sorted(given)} given"


def test_each_sentence_is_a_literal_whose_blanks_are_given() -> None:
    wrong = [
        f"{path}:{one}"
        for path in CODE
        if path != MODULE_OF_SENTENCES
        for one in wrong_calls(path.read_text("utf-8"))
    ]
    assert wrong == []


@pytest.mark.parametrize(
    "code",
    [
        "say(f'the step {name} is gone')",
        "say('the step ' + name)",
        "say(words)",
        "say('the step {name} is gone')",
        "say('the step is gone', name=name)",
        "say_count(2, '{n} step', 'steps of {name}')",
    ],
)
def test_a_sentence_that_no_catalog_can_hold_is_found(code: str) -> None:
    assert len(list(wrong_calls(code))) == 1


def plain_words(code: str) -> Iterator[str]:
    """Yield the English in *code* that is said as it is in every language."""
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "verbatim":
            words = [one.value for one in ast.walk(node) if isinstance(one, ast.Constant)]
            yield from (
                f"{node.lineno}: {one}"
                for one in words
                if isinstance(one, str) and re.search("[a-z] [a-z]", one)
            )


def test_only_names_and_what_others_say_is_said_in_one_language() -> None:
    assert [f"{path}: {one}" for path in CODE for one in plain_words(path.read_text("utf-8"))] == []
    assert list(plain_words("verbatim('the step is gone')")) == ["1: the step is gone"]


def glued(code: str) -> Iterator[str]:
    """Yield the English in *code* that is put into a sentence without being one: nothing translates it."""
    for call in messages.patterns(code):
        for keyword in call.keywords:
            for one in _outside_of_sentences(keyword.value):
                if isinstance(one, str) and re.search("[a-z] [a-z]", one):
                    yield f"{call.lineno}: {one}"


def test_what_stands_in_a_sentence_is_a_name_a_number_or_a_sentence() -> None:
    assert [f"{path}: {one}" for path in CODE for one in glued(path.read_text("utf-8"))] == []
    assert list(glued("say('it {what}', what='is gone' if name else say('is there'))")) == ["1: is gone"]


OUTPUTS = {"stdout": {"print", "out"}, "stderr": {"print"}}


def untold(code: str) -> Iterator[str]:
    """Yield what *code* prints for a person without its being a sentence of a catalog."""
    for node in ast.walk(ast.parse(code)):
        match node:
            case ast.Call(func=ast.Attribute(value=ast.Name(id=stream), attr=how)) if how in OUTPUTS.get(
                stream, ()
            ):
                for one in _outside_of_sentences(node):
                    if isinstance(one, str) and sum(map(str.isalpha, one)) > 2:
                        yield f"{node.lineno}: {one}"


def _outside_of_sentences(node: ast.AST) -> Iterator[object]:
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in messages.CALLS:
        return
    if isinstance(node, ast.Constant):
        yield node.value
    for child in ast.iter_child_nodes(node):
        if not isinstance(child, ast.keyword):
            yield from _outside_of_sentences(child)


def test_what_a_command_prints_is_told_in_the_language_of_the_reader() -> None:
    found = {
        f"{path.name}:{one}"
        for path in sorted((PROGRAM / "commands").glob("*.py"))
        for one in untold(path.read_text("utf-8"))
    }
    # The name of the program and its version.
    assert [one for one in sorted(found) if "handout " not in one] == []
    assert list(untold("stdout.print(f'{number} done')")) == ["1:  done"]
    assert list(untold("stdout.print(told(say('{number} done', number=1)))")) == []


def raised_values(code: str) -> Iterator[str]:
    """Yield the plain sentences that a validator in *code* answers with."""
    for node in ast.walk(ast.parse(code)):
        match node:
            case ast.Raise(
                exc=ast.Call(func=ast.Name(id="ValueError"), args=[ast.Constant() | ast.JoinedStr()])
            ):
                yield f"{node.lineno}: {ast.unparse(node)}"


def test_what_a_validator_allows_is_a_sentence() -> None:
    validated = [path for path in CODE if "from pydantic" in path.read_text("utf-8")]
    assert len(validated) >= 4
    assert [f"{path}: {one}" for path in validated for one in raised_values(path.read_text("utf-8"))] == []


@pytest.mark.parametrize("model", [ProcedureMeta, HandoutMeta, ScreenLabel, LabelRegister, Settings])
def test_what_a_key_that_must_be_there_is_for_is_a_sentence(model: type[BaseModel]) -> None:
    told = [
        field.description
        for field in model.model_fields.values()
        if field.is_required() and field.description
    ]
    assert [one for one in told if not isinstance(one, Message)] == []


def test_a_fault_and_its_mend_are_sentences() -> None:
    # mypy holds each place that makes one against this.
    for kind in (Finding, HandoutError.__init__):
        hints = get_type_hints(kind)
        assert hints["what"] is hints["fix"] is Message


# ---- the catalogs -----------------------------------------------------------------------------


@pytest.fixture(scope="module")
def said() -> Catalog:
    return messages.extracted()


def by_id(catalog: Catalog) -> Mapping[Any, Any]:
    """Return the translations by their sentences; of one that counts, both are tuples."""
    return {_plain(message.id): _plain(message.string) for message in catalog if message.id}


def _plain(words: str | Sequence[str] | None) -> str | tuple[str, ...]:
    return words if isinstance(words, str) else tuple(words or ())


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_catalog_has_each_sentence_of_the_code_and_no_other(said: Catalog, language: str) -> None:
    """`make messages` brings what is new, and takes out what is gone."""
    assert by_id(messages.read(language)).keys() == by_id(said).keys()


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_sentence_is_translated_and_none_is_a_guess(language: str) -> None:
    catalog = messages.read(language)
    assert messages.untranslated(catalog) == []
    assert [message.id for message in catalog if message.id and message.fuzzy] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_translation_has_the_blanks_of_its_sentence(language: str) -> None:
    wrong = []
    for id_, text in by_id(messages.read(language)).items():
        ids, texts = ((id_,), (text,)) if isinstance(id_, str) else (id_, text)
        wrong += [id_ for one, other in zip(ids, texts, strict=True) if forms(one) != forms(other)]
    assert wrong == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_translation_keeps_what_is_typed(language: str) -> None:
    """Options, names of files and what stands between backticks are the same in every language."""
    wrong = []
    for id_, text in by_id(messages.read(language)).items():
        one, other = (id_, text) if isinstance(id_, str) else (id_[0], text[0])
        wrong += [(one, word) for word in one.split() if word.startswith("--") and word not in other]
    assert wrong == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_compiled_catalog_is_that_of_the_written_one(language: str) -> None:
    with messages.path_of(language).with_suffix(".mo").open("rb") as file:
        compiled = by_id(read_mo(file))
    written = by_id(messages.read(language))
    assert compiled == written


def example(pattern: str) -> dict[str, str | float]:
    """Return a value for each blank of *pattern*, of the kind that it is set as."""
    return {
        name: "x1" if not form else 17 if form.endswith("X") else 1.5 for name, form in forms(pattern) if name
    }


def examples(id_: str | tuple[str, str]) -> Iterator[Message]:
    """Yield the sentence *id_* with values, for each number that it may count."""
    if isinstance(id_, str):
        yield Message(id_, example(id_))
        return
    one, many = id_
    for number in (0, 1, 2):
        yield Message(one, {**example(one), **example(many), "n": number}, many, number)


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_sentence_can_be_said(said: Catalog, language: str) -> None:
    catalog = catalogs.catalog(language)
    for id_ in by_id(said):
        for message in examples(id_):
            words = in_words(message, catalog)
            assert words
            # A name that is not filled in, or a brace that is not printed, tells the two apart.
            assert [words.count(brace) for brace in "{}"] == [message.count(brace) for brace in "{}"]


# ---- a sentence -------------------------------------------------------------------------------


def test_values_are_said_in_the_same_language() -> None:
    dutch = catalogs.catalog("nl")
    thing = say(
        "{these} and {other}",
        these="a",
        other=say(
            "'{text}' ({lines}, {place})", text="b", lines=say_count(2, "{n} line", "{n} lines"), place="c"
        ),
    )
    assert thing == "a and 'b' (2 lines, c)"
    assert in_words(thing, dutch) == "a en 'b' (2 regels, c)"
    assert in_words(thing, ENGLISH) == thing


def test_a_number_has_the_decimal_sign_of_the_language() -> None:
    assert in_words(say("{size_pt:.1f} pt", size_pt=9.25), catalogs.catalog("nl")) == "9,2 pt"
    assert say("{size_pt:.1f} pt", size_pt=9.25) == "9.2 pt"


def test_what_is_no_sentence_of_ours_is_said_as_it_is() -> None:
    assert in_words("geen bericht", catalogs.catalog("nl")) == "geen bericht"
    assert in_words(say("no catalog has this"), catalogs.catalog("nl")) == "no catalog has this"
