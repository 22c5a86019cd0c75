"""Ways in which a file gets damaged; each gives what it did in words."""

import os
import re
import shutil
from collections.abc import Callable, Sequence
from pathlib import Path
from random import Random

MOST_INSERTED = 100_000  # characters
NUMBERS = (
    b"0",
    b"-1",
    b"1e400",
    b"-0.0",
    b"nan",
    b"inf",
    b"99999999999999999999",
    b"1e-320",
    b"0x10",
    b"1_000",
    b"007",
)
TEXTS = (
    b"\0", b"\xff\xfe", b"\xef\xbb\xbf", "\u202e".encode(), "\U0001f600".encode(), b"\x1b[2J", b"=1+1", b"$\\frac$",
    b"\r", b"\n", b"'", b'"', b"</script>", b"../../x", b"{", b"}", b"[", b"]", b",", b";", b"\t", b"true", b"null",
    b"%s%n", b"#", b"\\",
)  # fmt: skip
NESTED = (b"[", b"{", b"(", b'{"a":', b"<a>", b"a.", b"[[")


def flip_bit(content: bytes, rng: Random) -> bytes:
    """One bit the other way round."""
    at = rng.randrange(len(content))
    return content[:at] + bytes([content[at] ^ (1 << rng.randrange(8))]) + content[at + 1 :]


def change_byte(content: bytes, rng: Random) -> bytes:
    at = rng.randrange(len(content))
    return content[:at] + rng.randbytes(1) + content[at + 1 :]


def truncate(content: bytes, rng: Random) -> bytes:
    return content[: rng.randrange(len(content))]


def leave_out(content: bytes, rng: Random) -> bytes:
    at = rng.randrange(len(content))
    return content[:at] + content[at + rng.randint(1, 40) :]


def repeat_piece(content: bytes, rng: Random) -> bytes:
    start = rng.randrange(len(content))
    stop = start + rng.randint(1, 400)
    return content[:stop] + content[start:]


def swap_lines(content: bytes, rng: Random) -> bytes:
    lines = content.split(b"\n")
    rng.shuffle(lines)
    return b"\n".join(lines)


def insert_text(content: bytes, rng: Random) -> bytes:
    at = rng.randrange(len(content) + 1)
    return content[:at] + rng.choice(TEXTS) + content[at:]


def insert_long(content: bytes, rng: Random) -> bytes:
    at = rng.randrange(len(content) + 1)
    return content[:at] + rng.choice(NESTED + TEXTS) * rng.choice((100, 3000, MOST_INSERTED // 4)) + content[at:]


def replace_number(content: bytes, rng: Random) -> bytes:
    """A number in a text becomes a strange one."""
    return _replaced(rb"(?<![\w.])-?\d+(\.\d+)?", content, rng.choice(NUMBERS), rng)


def replace_word(content: bytes, rng: Random) -> bytes:
    """A word in a text becomes another, or a strange one."""
    words = re.findall(rb"[A-Za-z_]{2,}", content) or [b"x"]
    return _replaced(rb"[A-Za-z_]{2,}", content, rng.choice((*TEXTS, *NUMBERS, rng.choice(words))), rng)


def replace_value(content: bytes, rng: Random) -> bytes:
    """What follows an equals sign or colon becomes a value of another kind."""
    values = (b'""', b"[]", b"{}", b"[1, 2]", b'"x"', b"1979-05-27", b"true", b"-1", b"{ a = 1 }", b"null", b"1e400")
    return _replaced(rb"(?<=[=:] )[^,\n]+", content, rng.choice(values), rng)


def _replaced(pattern: bytes, content: bytes, by: bytes, rng: Random) -> bytes:
    places = list(re.finditer(pattern, content))
    if not places:
        return insert_text(content, rng)
    start, stop = rng.choice(places).span()
    return content[:start] + by + content[stop:]


BYTES: Sequence[Callable[[bytes, Random], bytes]] = (
    flip_bit, change_byte, truncate, leave_out, repeat_piece, swap_lines, insert_text, insert_long, replace_number,
    replace_number, replace_word, replace_word, replace_value, replace_value,
)  # fmt: skip


def changed(content: bytes, rng: Random) -> bytes:
    """One change of some bytes."""
    return rng.choice(BYTES)(content or b"\n", rng)


def change_content(path: Path, rng: Random) -> str:
    """One to three changes of what is in a file."""
    content, times = path.read_bytes(), rng.choice((1, 1, 1, 2, 3))
    for _ in range(times):
        content = changed(content, rng)
    path.write_bytes(content)
    return f"changed {times}×"


def empty(path: Path) -> str:
    path.write_bytes(b"")
    return "emptied"


def become_folder(path: Path) -> str:
    path.unlink()
    path.mkdir()
    return "a folder in its place"


def become_link_to_itself(path: Path) -> str:
    path.unlink()
    os.symlink(path.name, path)
    return "a link to itself"


def become_link_to_nothing(path: Path) -> str:
    path.unlink()
    os.symlink("not-there", path)
    return "a link to nothing"


def become_link_to_folder(path: Path) -> str:
    path.unlink()
    os.symlink(".", path)
    return "a link to a folder"


def vanish(path: Path) -> str:
    path.unlink()
    return "taken away"


def forbid(path: Path) -> str:
    """Nobody may read it; for root that holds only in a process that gives up its right to read all."""
    path.chmod(0)
    return FORBIDDEN


FORBIDDEN = "without permission"
FILES: Sequence[Callable[[Path], str]] = (
    empty, become_folder, become_link_to_itself, become_link_to_nothing, become_link_to_folder, vanish, forbid,
)  # fmt: skip
OFTEN = 0.85  # of changes are of what is in a file


def change_file(path: Path, others: Sequence[Path], rng: Random) -> str:
    """Damages a file in some way: its content, or what lies in its place. others: files that may be put there."""
    chance = rng.random()
    if chance < OFTEN:
        return change_content(path, rng)
    if chance < OFTEN + 0.05 and others:
        other = rng.choice(others)
        shutil.copyfile(other, path)
        return f"{other.name} in its place"
    return rng.choice(FILES)(path)
