"""What columns may mean, by their names and answers: for the draft of a mapping, where all of it is marked a guess."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING, Any

from supportnet.sim.enums import Role
from supportnet.sim.importing.mapping_shape import FILL_IN, SLOT
from supportnet.sim.importing.reading import FALSE, TRUE
from supportnet.sim.importing.spelling import canonical_code, parse_number
from supportnet.sim.storage.toml_files import quoted

if TYPE_CHECKING:
    import pandas as pd

WORDS = {
    "peer": "peer peers",
    "professional": (
        "professional staff psychiatrist psychologist therapist doctor gp nurse counsellor counselor clinician worker"
        " caseworker manager coordinator carer arzt ärztin psychiater psychiaterin psychologe therapeut therapeutin"
        " pfleger sozialarbeiter betreuer médecin infirmier infirmière psychiatre psychologue médico enfermera"
    ),
    "family": (
        "family relative relatives kin mother father mum mom dad parent parents sister brother sibling siblings son"
        " daughter child children husband wife spouse partner cousin aunt uncle grandmother grandfather grandparent"
        " niece nephew familie mutter vater eltern schwester bruder sohn tochter kind ehemann ehefrau partnerin tante"
        " onkel famille mère père parents sœur frère fils fille mari conjoint familia madre padre hermana hermano hijo"
        " hija esposo esposa pareja"
    ),
    "friend": (
        "friend friends mate mates buddy neighbour neighbor colleague coworker classmate roommate acquaintance"
        " freund freundin nachbar nachbarin kollege kollegin bekannte ami amie voisin voisine amigo amiga vecino"
    ),
}
ROLE_OF = {word: role for role, names in WORDS.items() for word in names.split()}
NOT = {"no", "not", "non", "none", "other", "kein", "keine", "pas", "sin"}
ABOUT_ROLE = re.compile(r"relation|relat|(^|[_\W])rel([_\W]|$)|role|kin\b|type|beziehung|rolle|lien|relaci|who\b", re.I)
CLOSENESS = re.compile(r"close|strength|strong|near|nah|proch|cercan", re.I)
ACQUAINTANCE = re.compile(r"weight|know|acquaint", re.I)
CONTACT = re.compile(r"contact|freq|often|phone|visit|talk|speak|meet|face|kontakt", re.I)
KNOWN_SCALES = {
    "distress": (r"phq.?9(.?(total|sum|score))?", 27),
    "recovery": (r"qpr(.?15)?(.?(total|sum|score))?", 60),
}
MOST, LONGEST = 12, 40  # answers that a comment lists, and characters of one


def role_of(text: str) -> str | None:
    """The role that a word or two mean, if they mean one."""
    words = re.findall(r"[^\W\d_]+", text.casefold())
    roles = {ROLE_OF[word] for word in words if word in ROLE_OF}
    if not roles or NOT & set(words):
        return None
    for first in ("peer", "professional"):  # a peer worker, a family doctor
        if first in roles:
            return first
    return roles.pop() if len(roles) == 1 else None


def count_answers(column: pd.Series[Any]) -> Counter[str]:
    """How often each answer stands in a column."""
    return Counter(str(cell) for cell in column.dropna())


def is_true_false(column: pd.Series[Any]) -> bool:
    """Whether all answers are words for true and false."""
    answers = {canonical_code(cell) for cell in count_answers(column)}
    return bool(answers) and answers <= TRUE | FALSE


def role_lines(columns: dict[str, pd.Series[Any]], of_slots: bool) -> list[str]:
    """The lines of the mapping about the role, as far as names and answers of the columns show it."""
    checked = {name: role for name, cells in columns.items() if (role := role_of(name)) and is_true_false(cells)}
    if len(checked) > 1:
        lines = ["[ties.role.columns]  # a guess: the first true one counts"]
        return lines + [f"{quoted(name)} = {quoted(role)}" for name, role in checked.items()]
    known = {
        name: sum(role_of(answer) is not None for answer in count_answers(cells)) for name, cells in columns.items()
    }
    named = [name for name, cells in columns.items() if ABOUT_ROLE.search(name) and 1 < len(count_answers(cells)) <= 40]
    boxes = [name for name in named if is_true_false(columns[name])]
    most = max(known, key=lambda name: (known[name] * 2 >= len(count_answers(columns[name])), known[name]), default="")
    if most and known[most] and known[most] * 2 >= len(count_answers(columns[most])):
        return _codes(most, count_answers(columns[most]))
    unknown = [
        '[ties.role]  # no column seems to say who a supporter is: name it, or write always = "friend" instead',
        f"column = {quoted(f'{FILL_IN} {SLOT}' if of_slots else FILL_IN)}",
    ]
    if len(boxes) > 1:
        head = '# [ties.role.columns]  # fill in "professional", "peer", "friend" or "family", and take [ties.role] out'
        return [head, *(f'# {quoted(name)} = ""' for name in boxes), *unknown]
    return _codes(named[0], count_answers(columns[named[0]])) if named else unknown


def _codes(name: str, answers: Counter[str]) -> list[str]:
    """The table of answers of a column that holds the role."""
    lines = ["[ties.role]  # a guess", f"column = {quoted(name)}"]
    if {canonical_code(answer) for answer in answers} <= set(Role.words()):
        return lines
    lines += ["", "[ties.role.values]"]
    spelled: Counter[str] = Counter()
    for answer, count in answers.items():
        spelled[canonical_code(answer)] += count
    for answer, count in spelled.most_common():
        role = role_of(answer)
        times = f"{count} rows" if count > 1 else "1 row"
        if role:
            lines.append(f"{quoted(answer)} = {quoted(role)}  # a guess; {times}")
        else:
            lines.append(
                f'# {quoted(answer)} = ""  # fill in: "professional", "peer", "friend", "family" or "ignore"; {times}'
            )
    return lines


def number_lines(columns: dict[str, pd.Series[Any]], decimal: str) -> list[str]:
    """Lines about columns that may hold closeness or contacts, as comments: their meaning is not certain."""
    lines = []
    for name, cells in columns.items():
        values = [parse_number(answer, decimal) for answer in count_answers(cells)]
        if not values or any(value != value for value in values):
            continue
        low, high = min(values), max(values)
        if CLOSENESS.search(name) and low < high:
            lines.append(
                f"# strength = {{ column = {quoted(name)}, scale = [{low:g}, {high:g}] }}  # a guess, as found"
            )
        elif CONTACT.search(name):
            lines.append(f"# contacts_per_week = {{ column = {quoted(name)}, per_week = 1 }}  # a guess: in what unit?")
    return lines


def pair_lines(columns: dict[str, pd.Series[Any]], decimal: str) -> list[str]:
    """The line about the weight of ties among supporters, from the first column that may hold it: 0 is no tie."""
    for name, cells in columns.items():
        values = [parse_number(answer, decimal) for answer in count_answers(cells)]
        meaning = None
        if values and all(0 <= value < 1e9 for value in values):
            meaning = f", scale = [0, {max(values):g}]" if max(values) > 1 else ""
        elif is_true_false(cells):
            codes = sorted({canonical_code(answer) for answer in count_answers(cells)})
            meaning = ", values = { " + ", ".join(f"{quoted(code)} = {int(code in TRUE)}" for code in codes) + " }"
        if ACQUAINTANCE.search(name) and meaning is not None:
            return [f"weight = {{ column = {quoted(name)}{meaning} }}  # a guess: 0 if they do not know each other"]
    return []


def person_lines(columns: dict[str, pd.Series[Any]], decimal: str) -> list[str]:
    """Lines about age, PHQ-9 and QPR."""
    lines = []
    for name, cells in columns.items():
        values = [parse_number(answer, decimal) for answer in count_answers(cells)]
        if not values or any(value != value for value in values):
            continue
        if re.fullmatch(r"age|age_?(in_?)?years|edad|âge", name, re.I) and 0 <= min(values) <= max(values) <= 120:
            lines.append(f"age = {quoted(name)}  # a guess")
        for field, (pattern, top) in KNOWN_SCALES.items():
            if re.fullmatch(pattern, name, re.I) and 0 <= min(values) <= max(values) <= top:
                lines.append(f"{field} = {{ column = {quoted(name)}, scale = [0, {top}] }}  # a guess")
    return list({line.split(" ")[0]: line for line in reversed(lines)}.values())


def column_comment(name: str, cells: pd.Series[Any], decimal: str) -> str:
    """A comment about a column: its kind of answers, and how many there are."""
    answers = count_answers(cells)
    empty = int(cells.isna().sum())
    values = [parse_number(answer, decimal) for answer in answers]
    if not answers:
        description = "nothing"
    elif (
        len(answers) <= MOST and len(answers) * 2 <= max(4, sum(answers.values())) and max(map(len, answers)) <= LONGEST
    ):
        description = ", ".join(f"{answer!r} ({count})" for answer, count in answers.most_common())
    elif all(value == value for value in values):
        description = f"{len(answers)} numbers from {min(values):g} to {max(values):g}"
    else:
        description = f"{len(answers)} different texts"
    return f"#   {quoted(name)}: {description}" + (f"; {empty} empty" if empty else "")
