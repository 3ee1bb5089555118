"""Every form, given what nobody sane would type: a sentence, nothing lost, nothing by half (P11, P13)."""

from __future__ import annotations

from collections import Counter

from tests.hurt.keeping import HOSTILE, lost, send, typed_in
from tests.review.world import OWNER

SHORT = ("4 000 characters", "an emoji", "right to left", "a year long past", "larger than the database's")
# Forms of many fields: all of them filled to the brim weigh more than the portal reads at all.
HEAVY_FIELDS = 40


def judge(answer, one, values):
    """Say what is wrong with an answer; nothing if it is as promised."""
    if answer.status == 413 and len(one.form.typed) > HEAVY_FIELDS:
        return ""
    if answer.status not in {200, 303, 403, 404, 409, 422}:
        return f"answers {answer.status}"
    if answer.status not in {409, 422}:
        return ""
    gone = lost(answer, one.form, values)
    is_said = any(sign in answer.text for sign in ('role="alert"', "field-error"))
    return f"loses {', '.join(gone)}" if gone else "" if is_said else "says nothing"


def test_every_form_of_every_plugin_gives_back_what_nobody_sane_would_type(built, walk, shown, proof, figure, database):
    wrong, answered, refused = [], Counter(), set()
    for one in shown:
        for name in HOSTILE if proof else SHORT:
            values = typed_in(one.form, HOSTILE[name])
            answer = send(walk, one, values, is_undone=True)
            answered[answer.status] += 1
            fault = judge(answer, one, values)
            if answer.status >= 400:
                refused.add(one.plugin)
                again = send(walk, one, values, is_undone=False)
                fault = f"{fault} changes something by half" if again.wrote else fault
            wrong += [f"{one}, {name}: {fault}"] if fault else []
    said = f"{len(wrong)} of {answered.total()}, {len(shown)} forms of {len(refused)} plugins and the core"
    figure("hostile values that break, lose what was typed or change by half", database.kind, aim="0", found=said)
    assert not wrong, "\n".join(wrong)
    assert refused == {"core", *built.plugins}
    assert answered[422] > len(shown)


def test_a_sign_no_database_can_keep_is_said_and_changes_nothing(walk, shown):
    for one in shown[:5]:
        answer = send(walk, one, typed_in(one.form, lambda place: f"a\0{place}"), is_undone=False)
        assert answer.status == 400
        assert "ne peut pas être gardé" in answer.text
        assert not answer.wrote


def test_a_form_of_ten_thousand_fields_is_one_sentence_or_is_read(walk, shown):
    one = next(one for one in shown if one.role == OWNER)
    part = '--x\r\nContent-Disposition: form-data; name="field{}"\r\n\r\nx\r\n'
    body = "".join(part.format(number) for number in range(10_000)).encode() + b"--x--\r\n"
    kind = {"Content-Type": "multipart/form-data; boundary=x"}
    answer = walk.visit(one.role, one.door, method="POST", url=one.form.action, data=body, headers=kind)
    assert answer.status == 413
    assert "trop" in answer.text
    assert not answer.wrote
    many = {**typed_in(one.form, HOSTILE["an emoji"]), **{f"field{number}": ["x"] for number in range(10_000)}}
    assert send(walk, one, many, is_undone=True).status in {200, 303, 422}
