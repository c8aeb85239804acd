"""Words to write texts of: a few of each language, and names that exist once and can be looked for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import count
from random import Random


@dataclass(frozen=True)
class Tongue:
    """What a text is written with in one language."""

    tag: str
    filler: tuple[str, ...]
    verbs: tuple[str, ...]
    keys: tuple[str, ...]
    """Labels of a screen."""
    done: str
    """The first word of a result, as `result` in the strings of that language."""
    heads: tuple[str, ...]
    """Syllables: two or three make a name."""
    tails: tuple[str, ...]
    end: str = "."


def _parted(text: str) -> tuple[str, ...]:
    return tuple(text.split())


TONGUES: Mapping[str, Tongue] = {
    "nl-BE": Tongue(
        "nl-BE",
        _parted(
            "je de een met voor op naar scherm code pas school leraar lijst knop venster beveiliging "
            "geüpdatet wachtwoord smartphone e-mailadres tweestapsverificatie ’s-ochtends zo’n reëel 24 €"
        ),
        ("Open", "Klik op", "Kies", "Typ", "Tik op", "Wacht op", "Zoek", "Noteer"),
        ("Volgende", "OK", "Aanmelden", "Methode toevoegen", "Mijn account > Info", "F5", "Kies…"),
        "Klaar!",
        _parted("bra fle gro kwi lam nor pal rie sno tru vel wim zon dek hof"),
        _parted("dek ling mer nat pos rik sel tum vak wen zor gel"),
    ),
    "en": Tongue(
        "en",
        _parted(
            "the a your with for screen code card teacher list button window password phone account don’t "
            "sign-in two-factor office first 3 £ café"
        ),
        ("Open", "Click", "Choose", "Type", "Tap", "Wait for", "Find", "Note"),
        ("Next", "OK", "Sign in", "Add method", "My account > Info", "Ctrl+P", "Wi-Fi"),
        "Done!",
        _parted("bra cro dun fle gri har kin lom mer pal ros sto tri van wel"),
        _parted("dale ford gate ham kins ley mond ner port rick som ton"),
    ),
    "fr": Tongue(
        "fr",
        _parted(
            "le la une avec pour écran code carte élève liste bouton fenêtre mot compte aujourd’hui l’école "
            "œuvre déjà naïf reçu sécurité 5 €"
        ),
        ("Ouvrez", "Cliquez sur", "Choisissez", "Tapez", "Touchez", "Attendez", "Cherchez", "Notez"),
        ("Suivant", "OK", "S’identifier", "Ajouter une méthode", "Réglages > Wi-Fi", "Échap", "à côté"),
        "Fini !",
        _parted("bra clé dur fla gré lou mar nau pei que ras sou tré val"),
        _parted("bert dier flon gnac lieu mont nard pois rière sel ton ville"),
    ),
    "ar": Tongue(
        "ar",
        _parted("ثم على من إلى في المدرسة الشاشة الرمز البطاقة القائمة الزر النافذة كلمة المرور هاتف حساب"),
        ("افتح", "اختر", "اكتب", "انقر", "انتظر", "ابحث"),
        ("التالي", "موافق", "دخول", "إضافة طريقة", "OK", "Wi-Fi"),
        "تم!",
        _parted("بر كت سم دف رو شم طل قم نج هد"),
        _parted("ان ون ير يم وق اد وش يف"),
    ),
}
MOST_TRIES = 30
"""For a name, before it may be longer."""
SIGNS = ("–", "…", "(", "“", "‘", "%", "+", "&", ";")


class Speaker:
    """Says things in one language; each has a name in it that no other has."""

    def __init__(self, tongue: Tongue, random: Random, taken: set[str]) -> None:
        self.tongue = tongue
        self.random = random
        self.taken = taken

    def name(self, most: int = 99) -> str:
        """Return a name that was not said before, of at most *most* letters where that can be."""
        for tries in count():
            parts = [self.random.choice(self.tongue.heads), self.random.choice(self.tongue.tails)]
            # A language has few short names.
            if tries > MOST_TRIES or (most > 9 and (len(self.taken) > 60 or self.random.random() < 0.2)):
                parts.insert(1, self.random.choice(self.tongue.heads))
            if tries > 2 * MOST_TRIES or len(self.taken) > 900:
                parts.insert(1, self.random.choice(self.tongue.tails))
            word = "".join(parts)
            if len(word) > max(most, 5 + tries // 20):
                continue
            # Nor a part of another, so that to find it is to have found it.
            if not any(word in other or other in word for other in self.taken):
                self.taken.add(word)
                return word
        raise AssertionError("names do not end")

    def words(self, count: int) -> list[str]:
        """Return *count* words, the last a name."""
        words = [self.random.choice(self.tongue.filler) for _ in range(count - 1)]
        if count > 4 and self.random.random() < 0.15:
            sign = self.random.choice(SIGNS)
            pair = {"(": "({})", "“": "“{}”", "‘": "‘{}’"}.get(sign)
            words[1] = pair.format(words[1]) if pair else f"{words[1]} {sign}"
        return words

    def sentence(self, least: int = 3, most: int = 14) -> tuple[str, str]:
        """Return a sentence without its end, and the name in it."""
        words = self.words(self.random.randint(least, most))
        name = self.name()
        words.insert(self.random.randint(0, len(words)), name)
        text = " ".join(words)
        return text[:1].upper() + text[1:], name.capitalize() if text.startswith(name) else name
