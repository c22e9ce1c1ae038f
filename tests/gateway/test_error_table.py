"""Every code of Meta's error page (protocols §11) has its class, a sentence and a next step, however it arrives."""

import pytest

from apps.contracts.errors import SendError, SendUnknown
from apps.contracts.words import Consequence
from apps.gateway.channels.whatsapp.error_table import ErrorClass
from apps.gateway.channels.whatsapp.errors import class_of, explain, lookup, refusal, verdict

#: As the page groups them. 131048 pauses the number, and the two below it the whole account (D, "stop all").
CODES = {
    ErrorClass.REFUSED: (4, 80007, 613, 130429, 131056),
    ErrorClass.AMBIGUOUS: (1, 2, 131000, 131016, 131057, 133004, 2494100),
    ErrorClass.MEDIA: (131053, 134101),
    ErrorClass.ACCOUNT: (0, 190, 131048, 368, 131031),
    ErrorClass.NEVER: (
        *(131052, 3, 10, 200, 250, 299, 131005, 33, 100, 131008, 131009, 131021, 135000, 131026, 131030, 131047),
        *(131049, 131050, 131064, 131051, 130472, 130403, 130497, 131037, 131042, 131044, 134011, 131045),
        *(133000, 133005, 133006, 133008, 133009, 133010, 133015, 133016, 131055, 131063, 134100, 134102, 131062),
        *(132000, 132001, 132005, 132007, 132008, 132012, 132018, 132015, 132016, 132068, 132069, 137000),
        *(138000, 138001, 138999, 139100, 139101, 139102, 139103, 139000, 139001, 139002, 139003, 139004),
        *(131200, 131299, 147000, 147099, 2388000, 2388999, 2494191),
    ),
}
EACH = [(code, found) for found, codes in CODES.items() for code in codes]


@pytest.mark.parametrize(("code", "expected"), EACH)
def test_each_code_has_its_class_a_sentence_and_a_next_step(code: int, expected: ErrorClass) -> None:
    found = lookup(code)

    assert found is not None
    assert found.error_class is expected
    assert class_of(str(code)) is expected
    assert found.sentence.endswith(".")
    assert found.next_step.endswith((".", "?"))
    assert explain(str(code)) == f"{found.sentence} {found.next_step}"


@pytest.mark.parametrize(("code", "expected"), EACH)
def test_an_answer_and_a_later_status_are_judged_alike(code: int, expected: ErrorClass) -> None:
    answered = refusal(http_status=400, body={"error": {"code": code}})
    late = verdict(str(code), has_other_form=False)

    is_repeated = isinstance(answered, SendUnknown) or answered.retry_after is not None
    assert is_repeated == bool(late.retries) == (expected is not ErrorClass.NEVER)
    if isinstance(answered, SendError):
        assert answered.consequence is late.consequence
        assert answered.blocks_account == (late.consequence is Consequence.ACCOUNT_HELD)


def test_an_ambiguous_failure_leaves_time_for_a_status_that_contradicts_it() -> None:
    late = verdict("131000", has_other_form=False)

    assert 30 <= late.retry_after_seconds <= 60
    assert late.retries == 2


@pytest.mark.parametrize(
    ("code", "consequence"),
    [
        ("131047", Consequence.WINDOW_CLOSED),
        ("131050", Consequence.OPTED_OUT),
        ("190", Consequence.ACCOUNT_HELD),
        ("131049", Consequence.NOTHING),
        ("", Consequence.NOTHING),
    ],
)
def test_some_codes_say_more_than_their_message(code: str, consequence: Consequence) -> None:
    assert verdict(code, has_other_form=False).consequence is consequence


def test_what_cannot_be_delivered_is_tried_once_in_the_other_form_of_a_number_that_has_one() -> None:
    with_other, without = verdict("131026", has_other_form=True), verdict("131026", has_other_form=False)

    assert (with_other.consequence, with_other.retry_after_seconds) == (Consequence.OTHER_ADDRESS, 0)
    assert without.retries == 0
