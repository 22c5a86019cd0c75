"""Values of the scalar verbs on a table of inputs, as exact hexadecimal floats, one line a verb and input.

Run with NUMBA_DISABLE_JIT=1 the verbs are plain Python; otherwise they are machine code. The two must agree to the bit.
"""

from typing import Any

import numba
import numpy as np

from supportnet.sim.kernels import bond, enrol, form, help, math_functions, meet, recovery_equations, strain
from supportnet.sim.parameters import Parameters
from supportnet.sim.state import Tally, zeros

P = Parameters()


def machine(verb: Any) -> Any:
    """A function that Python can call in both modes: verbs that are inlined have no entry of their own."""

    def call(arguments: Any) -> Any:
        return verb(*arguments)

    return numba.njit(call)


def inputs(luck: np.random.Generator) -> dict[str, tuple[Any, tuple[Any, ...]]]:
    """One random input for every verb."""
    u = [float(x) for x in luck.random(24)]
    word, role = int(luck.integers(2**32)), int(luck.integers(4))
    person = help.Helped(u[0], *u[2:6])
    helper = help.Helper(role, u[7], u[8], u[9], u[10], u[11] < 0.3, u[12], u[13], u[14], u[15], u[16], u[6])
    part = (u[23] < 0.5, u[23] < 0.2, u[21] < 0.5, u[22] < 0.2)
    setting = help.Setting(1.0 + int(3 * u[17]), u[18], u[19], u[20], u[13], int(3 * u[21]), *part)
    held = np.where(luck.random((7, 4)) < 0.1, luck.random((7, 4)), np.nan)
    resources = np.where(luck.random(8) < 0.2, luck.random(8), np.nan)
    felt = recovery_equations.SaturatedInputs(*u[:14])._replace(treatment=u[11] - 0.5)
    social = recovery_equations.Social(u[14], u[15], u[16])
    now = help.Mechanisms(*u[:10])
    smoothed = luck.random(17)
    tally = zeros(Tally, 1)
    for name, value in zip(tally.dtype.names, luck.integers(0, 3, len(tally.dtype.names)), strict=True):
        tally[name] = value / 2  # sessions that are shared count in parts
    strand = bond.TieState(u[0], u[1], u[2], u[3], u[4] < 0.5)
    return {
        "sat": (math_functions.saturate, (u[0], u[1])),
        "logistic": (math_functions.logistic, (8 * u[0] - 4,)),
        "chance": (math_functions.chance, (u[0],)),
        "asks_service": (meet.asks_service, (P.meet, u[0], u[1], 2.0)),
        "asks_natural": (meet.asks_natural, (P.meet, u[0], u[1], u[2])),
        "time_share": (meet.time_share, (4 * u[2], 8 * u[0], 3 * u[1])),
        "availability": (meet.availability, (u[0], 2 * u[1])),
        "contacts_met": (meet.contacts_met, (8 * u[0] ** 2, word)),
        "helps": (help.helps, (P.help, held, person, helper, setting)),
        "going_well": (help.goes_well, (P.help, person, helper, setting, now, u[5], word)),
        "bonds": (bond.bonds, (P.bond, u[6], strand, u[5], tally[0])),
        "fades": (bond.fades, (P.bond, P.fade, u[5], role == 3)),
        "towards": (bond.towards, (u[0], u[1], u[2])),
        "tires": (strain.tires, (P.tire, P.pace, u[0], u[1], 2.0, 1.0, u[2], 1.0, u[3])),
        "openness": (strain.strain_of_openness, (P.tire, u[0])),
        "leaving": (strain.leaving_chance, (P.tire, u[0], u[1], u[2])),
        "feels": (recovery_equations.feels, (P.recover, P.clinic, P.centre, resources, smoothed)),
        "activates": (recovery_equations.activates, (u[4], u[5], u[0], u[1], u[2], int(3 * u[3]))),
        "connectedness": (recovery_equations.connectedness_input, (P.recover, felt, u[14], u[15])),
        "hope": (recovery_equations.hope_input, (P.recover, felt, u[14])),
        "identity": (recovery_equations.identity_input, (P.recover, felt, u[14], u[15])),
        "meaning": (recovery_equations.meaning_input, (P.recover, felt, u[14], u[15])),
        "empowerment": (recovery_equations.empowerment_input, (P.recover, felt, u[14])),
        "process": (recovery_equations.process_target, (P.recover, 3 * u[0] - 2, u[1], u[2], u[3])),
        "distress": (recovery_equations.distress_target, (P.clinic, P.centre, u[0], felt, u[14], u[15])),
        "withdrawal": (recovery_equations.withdrawal_target, (P.clinic, P.centre, u[0], felt, u[14])),
        "closeness": (recovery_equations.missing_closeness, (P.clinic, u[0], u[1], u[2])),
        "relapse": (
            recovery_equations.relapse_hazard,
            (P.clinic, P.centre, int(2 * u[20]), felt, social, u[17], u[18], u[19]),
        ),
        "admission": (recovery_equations.admission_chance, (P.clinic, 5 * u[0])),
        "crisis": (recovery_equations.crisis_length, (P.clinic, u[0])),
        "ends": (form.ends_outside, (P.fade, u[0], u[2], u[1] < 0.5, word >> 5)),
        "leaves": (form.leaves_harm, (P.fade, u[0], u[1], word >> 7)),
        "new_ties": (form.openness_to_ties, (u[0], u[1], u[2], u[3])),
        "forms": (form.forms, (P.form, 1 + role % 3, 2 * u[4], u[5], word >> 4)),
        "drops_out": (enrol.leaves, (P.enrol, 0.05 * u[0], u[1], word >> 3)),
        "rate": (form.own_rate, (P.meet, P.people, role, word)),
        "ceiling": (form.own_ceiling, (P.bond, P.people, word)),
        "capacity": (form.own_capacity, (P.people, role, word)),
        "trait": (form.own_trait, (u[0], u[1], word)),
        "criticism": (form.own_criticism, (P.people, role, word)),
    }


def exact(value: Any) -> str:
    """A value to the bit."""
    if isinstance(value, tuple):
        return " ".join(exact(part) for part in value)
    return float(value).hex()


def main() -> None:
    luck, calls = np.random.default_rng(1), dict[str, Any]()
    for _ in range(40):
        for name, (verb, arguments) in inputs(luck).items():
            calls.setdefault(name, machine(verb))
            print(name, exact(calls[name](arguments)))


if __name__ == "__main__":
    main()
