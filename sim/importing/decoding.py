"""From the bytes of a file to its text. The encoding is guessed only where nothing else is possible."""

from __future__ import annotations

import codecs
import re
import unicodedata

from supportnet.sim.errors import UserInputError
from supportnet.sim.importing.account import Account, count_in_words
from supportnet.sim.importing.file_kinds import BINARY, not_text, refuse_binary
from supportnet.sim.importing.spelling import INVISIBLE

MARKS = {codecs.BOM_UTF8: "utf-8-sig", codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}
CONTROLS = re.compile("[\x80-\x84\x86-\x9f]")
USUAL = ("cp1252", "mac-roman", "cp850", "cp1250", "cp1251")  # what programs write beside Unicode; the likeliest first


def decode_table(raw: bytes, name: str, encoding: str | None, account: Account) -> str:
    """The text of a file in the encoding of the mapping; without one in Unicode, as far as its bytes leave no doubt."""
    refuse_binary(raw, name)
    wanted = _python_name(encoding) if encoding else _unicode(raw)
    if encoding and not raw.isascii() and _is_single_byte(wanted) and _fits(raw, "utf-8"):
        account.note(f"{name} is read as UTF-8, which its bytes are, though the mapping says {encoding}")
        wanted = "utf-8-sig"
    if wanted.startswith(("utf-16", "utf-32")) and b"\0" not in raw and raw:
        raise _not_in(wanted, raw, name, None)
    try:
        text = raw.decode(wanted)
        text.encode()
    except UnicodeError as error:
        raise _not_in(wanted.removesuffix("-sig"), raw, name, error) from error
    if "\0" in text:
        if encoding and (better := _unicode(raw)) != "utf-8":
            raise _not_in(wanted, raw, name, None, better)
        raise not_text(name, BINARY)
    if not text.isascii():
        _note_characters(text, name, account)
    return text


def _note_characters(text: str, name: str, account: Account) -> None:
    """Notes about characters that are lost, or that make two texts differ although nobody sees it."""
    if lost := text.count("\ufffd"):
        account.note(f"{name}: {count_in_words(lost, 'character')} lost before the import (\ufffd stands there)")
    if wrong := len(CONTROLS.findall(text)):
        account.note(
            f"{name}: {count_in_words(wrong, 'control character')} that no text holds: is the encoding right? "
            "What is called latin-1 is mostly cp1252"
        )
    hidden = sum(text.count(character) for character in INVISIBLE)
    if hidden or not unicodedata.is_normalized("NFC", text):
        account.note(f"{name}: invisible characters around cells, and accents apart from their letters, do not count")


def _python_name(encoding: str) -> str:
    """The encoding for Python; UTF-8 may begin with a byte order mark."""
    name = codecs.lookup(encoding).name
    return "utf-8-sig" if name == "utf-8" else name


def _is_single_byte(encoding: str) -> bool:
    """Whether each byte is a letter of its own: then bytes that are UTF-8 are not in this encoding."""
    return len((b"\xc3\xa9" * 2).decode(encoding, "replace")) == 4


def _unicode(raw: bytes) -> str:
    """The form of Unicode that the first bytes show: by a byte order mark, or by a zero in every second byte."""
    for mark, encoding in MARKS.items():
        if raw.startswith(mark):
            return encoding
    even, odd = raw[:400:2].count(0), raw[1:400:2].count(0)
    if max(even, odd) > len(raw[:400]) // 3 and not min(even, odd):
        return "utf-16-le" if odd else "utf-16-be"
    return "utf-8"


def _not_in(wanted: str, raw: bytes, name: str, error: UnicodeError | None, better: str = "") -> UserInputError:
    """The UserInputError about bytes that do not fit an encoding, with an encoding that does."""
    start = error.start if isinstance(error, UnicodeDecodeError) else 0
    line = raw[:start].count(b"\n") + 1
    if not better and _fits(raw, _unicode(raw)):
        better = _unicode(raw)
    remedy = f'write encoding = "{better.removesuffix("-sig")}" in the mapping' if better else _choice(raw, start)
    found, expected = raw[start : start + 8], f"text in {wanted}"
    return UserInputError(f"not {wanted}", where=f"{name}, line {line}", found=found, expected=expected, remedy=remedy)


def _choice(raw: bytes, start: int) -> str:
    """A remedy with the two likeliest encodings, and how a word would read in each."""
    first, second, *_ = likely_encodings(raw)
    begin, end = _word_around(raw, start)
    word, other = (raw[begin:end].decode(encoding) for encoding in (first, second))
    return (
        f'write encoding = "{first}" in the mapping, if {word!r} is right; encoding = "{second}", if {other!r} is;'
        " or save the file as UTF-8"
    )


def likely_encodings(raw: bytes) -> list[str]:
    """The encodings beside Unicode that a text may have, the likeliest first."""
    likeness = {encoding: _likeness(raw.decode(encoding)) for encoding in USUAL if _fits(raw, encoding)}
    return sorted(likeness, key=lambda encoding: -likeness[encoding])


def _fits(raw: bytes, encoding: str) -> bool:
    try:
        raw.decode(encoding)
    except UnicodeError:
        return False
    return True


def _word_around(raw: bytes, start: int) -> tuple[int, int]:
    """Where the word begins and ends that holds a byte."""
    begin = end = start
    while begin > 0 and start - begin < 20 and (raw[begin - 1] > 127 or raw[begin - 1 : begin].isalpha()):
        begin -= 1
    while end < len(raw) and end - start < 20 and (raw[end] > 127 or raw[end : end + 1].isalpha()):
        end += 1
    return begin, end


def _likeness(text: str) -> float:
    """How far a text looks as people write: small letters beside letters of the same script, for all beyond ASCII."""
    strange = [at for at in range(1, min(len(text), 200_000)) if text[at] > "\x7f"]
    good = sum(text[at].islower() and _script(text[at]) == _script(text[at - 1]) for at in strange)
    return good / max(1, len(strange))


def _script(character: str) -> str:
    return unicodedata.name(character, "").split(" ")[0] if character.isalpha() else ""
