"""Recognises talk that asks nothing: greetings, thanks, goodbyes, an ok, "você é um robô?". Pure."""

import re
from enum import StrEnum

from apps.common.portuguese import vocabulary, words


class SmallTalk(StrEnum):
    """Which of the persona's texts answers; `FILE` is a file, place or sticker without words."""

    GREETING = "greeting"
    THANKS = "thanks"
    FAREWELL = "farewell"
    ACKNOWLEDGEMENT = "acknowledgement"
    IDENTITY = "identity"
    FILE = "file"


_GREETING = vocabulary(
    "oi ola opa eai eae ei hey hello hi alo salve bom boa dia tarde noite tudo bem como vai esta beleza joia"
)
_THANKS = vocabulary("obrigado obrigada valeu agradeco agradecido agradecida grato grata gratidao thanks")
_FAREWELL = vocabulary("tchau xau adeus falou bye abraco abracos beijo beijos ate logo mais amanha breve")
_FAREWELL_CORE = vocabulary("tchau xau adeus falou bye abraco abracos beijo beijos ate")
_OK = vocabulary("""ok okay certo entendi entendido beleza perfeito otimo otima legal show top maravilha bacana massa sim nao isso claro
    combinado fechado joia kk k rs rsrs haha hahaha kkk tranquilo sei ah aham uhum pronto certinho lindo adorei gostei amei que bom
    deus amem nossa uau excelente vou pensar depois eu falo volto ainda nada ta""")
_FILLERS = vocabulary("""voce voces por favor um uma o a e de da do para me eu ai aqui moca moco querida querido gente pessoal muito mesmo bem tudo urba
    com sua seu pela pelo atencao ajuda atendimento tenha otimo otima excelente dia tarde noite bom boa igualmente nada entao so isso era mais
    queria quero preciso gostaria tirar fazer umas uns pode poderia posso consegue ajudar informacao informacoes duvida duvidas pergunta perguntas perguntar saber algumas
    la viu ne hein tambem ja""")
_WHO = r"(?:robo|bot|maquina|pessoa|humano|humana|gente|ia|inteligencia artificial|automatico|virtual|chatgpt|gpt|assistente)"
_IDENTITY = re.compile(
    rf"\b(?:voce|isso|isto|aqui|quem)(?: \w+)? (?:e|eh|seria|esta|fala)(?: mesmo| de)?(?: um| uma| o| a)? {_WHO}\b"
    rf"|\b(?:estou|to) (?:falando|conversando) com\b|^(?:e|eh)(?: um| uma)? {_WHO}(?: mesmo| de verdade| real)?(?: ou .{{0,20}})?$"
    rf"|\b{_WHO} ou (?:um |uma )?{_WHO}\b|^com quem\b"
    r"|\bquem e voce\b|\b(?:qual|como)(?: e)? (?:o )?seu nome\b|\bcomo voce se chama\b"
)


def recognise(text: str) -> SmallTalk | None:
    """Say which small talk a text is, None when something is asked or told."""
    said = words(text)
    if not said:
        return SmallTalk.ACKNOWLEDGEMENT
    if len(said) <= 12 and _IDENTITY.search(" ".join(said)):
        return SmallTalk.IDENTITY
    known = _GREETING | _THANKS | _FAREWELL | _OK | _FILLERS
    if any(word not in known for word in said):
        return None
    has = set(said)
    if has & _THANKS:
        return SmallTalk.THANKS
    if has & _FAREWELL_CORE and (len(said) > 1 or said[0] != "ate"):
        return SmallTalk.FAREWELL
    if has & {"oi", "ola", "opa", "eai", "eae", "ei", "hey", "hello", "hi", "alo", "salve"} or has & {
        "dia",
        "tarde",
        "noite",
        "tudo",
    }:
        return SmallTalk.GREETING
    if has & {
        "ajuda",
        "ajudar",
        "duvida",
        "duvidas",
        "pergunta",
        "perguntas",
        "perguntar",
        "informacao",
        "informacoes",
        "saber",
    }:
        return SmallTalk.GREETING
    return SmallTalk.ACKNOWLEDGEMENT if has & _OK else None


def greets(text: str) -> bool:
    """Tell whether a text opens with a greeting, whatever follows."""
    said = words(text)[:3]
    return bool(set(said) & {"oi", "ola", "opa", "eai", "hello", "alo"}) or said[:2] in (
        ["bom", "dia"],
        ["boa", "tarde"],
        ["boa", "noite"],
    )
