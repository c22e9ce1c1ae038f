"""Talk that asks nothing gets the persona's own texts; whatever asks something does not."""

import pytest

from apps.ai.smalltalk import SmallTalk, recognise

SAID = [
    ("oi", SmallTalk.GREETING),
    ("Oiii", SmallTalk.GREETING),
    ("bom diaaa", SmallTalk.GREETING),
    ("Olá, tudo bem com você?", SmallTalk.GREETING),
    ("opa, td bem?", SmallTalk.GREETING),
    ("queria tirar umas dúvidas", SmallTalk.GREETING),
    ("pode me ajudar?", SmallTalk.GREETING),
    ("obg", SmallTalk.THANKS),
    ("Muito obrigada pela ajuda!", SmallTalk.THANKS),
    ("valeu, vlw mesmo", SmallTalk.THANKS),
    ("tchau, até mais", SmallTalk.FAREWELL),
    ("até logo", SmallTalk.FAREWELL),
    ("ok", SmallTalk.ACKNOWLEDGEMENT),
    ("blz entendi", SmallTalk.ACKNOWLEDGEMENT),
    ("👍", SmallTalk.ACKNOWLEDGEMENT),
    ("kkk", SmallTalk.ACKNOWLEDGEMENT),
    ("você é um robô?", SmallTalk.IDENTITY),
    ("vc é uma pessoa ou um robô", SmallTalk.IDENTITY),
    ("é robô?", SmallTalk.IDENTITY),
    ("estou falando com quem?", SmallTalk.IDENTITY),
    ("qual o seu nome?", SmallTalk.IDENTITY),
    ("quanto custa?", None),
    ("isso serve pra uma pessoa só?", None),
    ("oi, vocês fazem fachada?", None),
    ("obrigada, e a pintura?", None),
    ("é um quarto de casal", None),
    ("quero um robô aspirador", None),
]


@pytest.mark.parametrize(("text", "talk"), SAID)
def test_small_talk(text: str, talk: SmallTalk | None) -> None:
    assert recognise(text) is talk
