"""What the contract promises of any channel about what it sends: every kind, every limit, and a sentence for the rest."""

from contextlib import suppress
from typing import Any

import pytest

from apps.contracts.channels import ChannelAdapter, UploadingChannel
from apps.contracts.content import Choice, Content, Media
from apps.contracts.errors import SendError
from apps.contracts.words import MEDIA_KINDS, MessageKind
from tests.channels.conformance import Kit, outbound


def test_the_abilities_say_all_there_is_to_know(kit: Kit, adapter: ChannelAdapter) -> None:
    abilities = adapter.abilities

    assert abilities.title
    assert abilities.sends
    assert abilities.longest_text > 0
    assert abilities.longest_caption > 0
    assert set(abilities.media_bytes) >= abilities.sends & MEDIA_KINDS
    assert abilities.has_handshake == (kit.handshake is not None)
    assert abilities.has_templates == (MessageKind.TEMPLATE in abilities.sends)
    assert abilities.window_seconds is None or abilities.window_seconds > 0
    assert {one.name for one in abilities.account_fields if one.is_secret} or not abilities.account_fields


def test_every_kind_that_it_sends_is_accepted_and_arrives(
    kit: Kit, adapter: ChannelAdapter, file: str, subtests: pytest.Subtests
) -> None:
    address, target = kit.meet_customer()
    for kind in sorted(adapter.abilities.sends):
        with subtests.test(kind=kind):
            content = kit.content(kind, file=file, target=target)
            before = kit.call_count()
            adapter.check_content(kit.account, content)
            assert kit.call_count() == before, "checking must ask nobody"

            receipt = _send(kit, adapter, content, address)

            assert receipt.external_id


def test_no_two_sends_share_an_id(kit: Kit, adapter: ChannelAdapter) -> None:
    address, _ = kit.meet_customer()

    receipts = [adapter.send(kit.account, outbound(kit, Content(text=one), address=address)) for one in ("a", "b")]

    assert receipts[0].external_id != receipts[1].external_id


def test_every_other_kind_is_refused_with_a_sentence(kit: Kit, adapter: ChannelAdapter) -> None:
    for kind in set(MessageKind) - adapter.abilities.sends:
        with pytest.raises(SendError) as refusal:
            adapter.check_content(kit.account, Content(kind=kind, text="x"))

        assert _is_sentence(refusal.value), kind


def test_empty_and_senseless_contents_are_refused_with_a_sentence(kit: Kit, adapter: ChannelAdapter) -> None:
    for kind in adapter.abilities.sends:
        with pytest.raises(SendError) as refusal:
            adapter.check_content(kit.account, Content(kind=kind, text="  "))

        assert _is_sentence(refusal.value), kind


def test_a_text_of_the_greatest_length_is_one_message(kit: Kit, adapter: ChannelAdapter) -> None:
    address, _ = kit.meet_customer()
    text = "a" * adapter.abilities.longest_text
    before = len(kit.texts())

    adapter.send(kit.account, outbound(kit, Content(text=text), address=address))

    assert kit.texts()[before:] == [text]


@pytest.mark.parametrize("word", ["palavra", "😀😀😀"])
def test_a_longer_text_is_refused_or_arrives_whole(kit: Kit, adapter: ChannelAdapter, word: str) -> None:
    address, _ = kit.meet_customer()
    text = " ".join(f"{word}{number}" for number in range(1500))
    before = len(kit.texts())

    with suppress(SendError):
        adapter.check_content(kit.account, Content(text=text))
        adapter.send(kit.account, outbound(kit, Content(text=text), address=address))

    parts = kit.texts()[before:]
    assert " ".join(parts) in ("", text)
    assert len(parts) != 1


def test_captions_choices_and_files_are_held_to_the_limits(kit: Kit, adapter: ChannelAdapter, file: str) -> None:
    abilities = adapter.abilities
    fine = [_sized(kit, file, kind, size) for kind, size in abilities.media_bytes.items()]
    refused: list[Content] = []
    if MessageKind.IMAGE in abilities.sends:
        image = kit.content(MessageKind.IMAGE, file=file, target="")
        fine.append(image.model_copy(update={"text": "c" * abilities.longest_caption}))
        refused.append(image.model_copy(update={"text": "c" * (abilities.longest_caption + 1)}))
    if MessageKind.BUTTONS in abilities.sends:
        buttons = tuple(Choice(id=f"b{number}", title=f"Op {number}") for number in range(abilities.most_buttons))
        fine.append(Content(kind=MessageKind.BUTTONS, text="Escolha", choices=buttons))
    if MessageKind.LIST in abilities.sends:
        rows = tuple(Choice(id=f"r{number}", title=f"Opção {number}") for number in range(abilities.most_rows + 1))
        listed = Content(kind=MessageKind.LIST, text="Escolha", list_button="Ver", choices=rows[:-1])
        fine.append(listed)
        refused += [listed.model_copy(update={"choices": one}) for one in (rows, (rows[0], rows[0]))]

    for content in fine:
        adapter.check_content(kit.account, content)
    for content in refused:
        with pytest.raises(SendError) as refusal:
            adapter.check_content(kit.account, content)
        assert _is_sentence(refusal.value)


def _sized(kit: Kit, file: str, kind: MessageKind, size_bytes: int) -> Content:
    content = kit.content(kind, file=file, target="")
    media = (content.media or Media()).model_copy(update={"size_bytes": size_bytes})
    return content.model_copy(update={"media": media})


def _send(kit: Kit, adapter: ChannelAdapter, content: Content, address: str) -> Any:
    if isinstance(adapter, UploadingChannel) and content.kind in MEDIA_KINDS:
        adapter.upload(kit.account, content=content, attempt=1)
    return adapter.send(kit.account, outbound(kit, content, address=address))


def _is_sentence(error: SendError) -> bool:
    said = str(error)
    return error.code == "not_sendable" and error.retry_after is None and len(said) > 10 and said[-1] in ".!?"
