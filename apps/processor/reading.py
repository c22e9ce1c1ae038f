"""Reads a text locally: language, intent, mood, urgency, facts, and whether the writer seems to have finished."""

import re

from apps.common.portuguese import clean, fold, vocabulary, words

_PORTUGUESE = vocabulary(
    "de do da que nao com para uma um voce por mais como quanto quero isso meu minha tem bom oi ola obrigado obrigada e esta sala quarto casa"
)
_ENGLISH = vocabulary("the you and how much is are want hello hi what can please thanks my house room do does")
_SPANISH = vocabulary(
    "hola cuanto cuesta usted quiero el los las con una gracias por favor habitacion puedo como es mi"
)

_INTENTS: tuple[tuple[str, re.Pattern[str]], ...] = (
    (
        "complaint",
        re.compile(
            r"\b(?:reclam\w+|pessim\w+|horriv\w+|absurdo|procon|nao (?:funciona|resolve|resolveu|gostei)|insatisfeit\w+|decepcion\w+|enganad\w+|reembolso|estorno|demora demais|palhacada|vergonha)\b"
        ),
    ),
    (
        "price",
        re.compile(
            r"\b(?:quanto|preco|precos|valor|valores|custa|custam|custo|cobra|cobram|orcamento|tabela|barato|caro|parcela\w*|pix|cartao|desconto)\b"
        ),
    ),
    (
        "start",
        re.compile(
            r"\b(?:comecar|comeco|iniciar|contratar|fechar|quero fazer|enviar (?:as )?fotos|mandar (?:as )?fotos|primeiro passo|como faco)\b"
        ),
    ),
    ("schedule", re.compile(r"\b(?:prazo|demora|quando|quanto tempo|entrega|agendar|agenda|marcar|dias)\b")),
    (
        "address",
        re.compile(
            r"\b(?:endereco|onde (?:fica|ficam|voces)|localizacao|horario|abre|aberto|abertos|fecha|telefone|instagram|site)\b"
        ),
    ),
    (
        "how_it_works",
        re.compile(
            r"\b(?:como funciona|funciona|o que e|incluso|inclui|vem|explica|duvida|fazem|voces fazem|atendem)\b"
        ),
    ),
    ("thanks", re.compile(r"\b(?:obrigad[oa]|valeu|agradec\w+|grat[oa])\b")),
    ("farewell", re.compile(r"\b(?:tchau|ate mais|ate logo|falou|xau|adeus|ate amanha)\b")),
    ("greeting", re.compile(r"^(?:oi|ola|opa|bom dia|boa tarde|boa noite|e ai|eai|alo|hey|hello)\b")),
)
_NEGATIVE = re.compile(
    r"\b(?:pessim\w+|horriv\w+|ruim|raiva|absurdo|odei\w+|detest\w+|nao gostei|decepcion\w+|irritad\w+|chatead\w+|insatisfeit\w+|demora\w*|nao resolv\w+|lixo|merda|porra|droga|vergonha|triste|enganad\w+|palhacada|cansei|ninguem responde)\b|😡|🤬|😠|👎|😤"
)
_POSITIVE = re.compile(
    r"\b(?:otim[oa]|excelente|maravilh\w+|perfeit[oa]|ador\w+|amei|lind[oa]|obrigad[oa]|parabens|show|top|gostei|incrivel|feliz|valeu|sensacional)\b|😍|❤|🥰|👏|😊|👍|🙏"
)
_NOT_LIKED = re.compile(r"\bnao (?:gostei|amei|adorei|esta bom|foi bom|ficou bom)\b")
_URGENT = re.compile(
    r"\b(?:urgente|urgencia|agora mesmo|imediat\w+|o quanto antes|pra ontem|para ontem|emergencia|socorro|ainda hoje|hoje mesmo)\b"
)

_UNFINISHED = vocabulary(
    "e ou de do da dos das em no na nos nas um uma o a os as com sem por para que se eu meu minha mas porque tipo entao assim "
    "sobre qual quanto como quando onde seria ai tambem pela pelo ate queria gostaria saber"
)
_ENDS = re.compile(r"(?:[.!?)]|[\U0001F300-\U0001FAFF\u2600-\u27BF])\s*$")
_TRAILS = re.compile(r"(?:\.{2,}|…|[,;:\-])\s*$")

_EMAIL = re.compile(r"(?<![\w.+-])[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*\.[A-Za-z]{2,24}(?![\w-])")
_PHONE = re.compile(r"(?<!\d)(?:\+?55[\s.-]?)?(?:\(?[1-9][1-9]\)?[\s.-]?)(?:9\d{4}|[2-8]\d{3})[\s.-]?\d{4}(?!\d)")
_MONEY = re.compile(r"R\$\s?(\d[\d.]*(?:,\d{2})?)|(\d[\d.]*(?:,\d{2})?)\s?(?:reais|conto)\b", re.I)
_SIZE = re.compile(r"(\d+(?:[.,]\d+)?)\s?(?:m|metros?)?\s?(?:x|por|×)\s?(\d+(?:[.,]\d+)?)\s?(?:m\b|metros?)?", re.I)
_AREA = re.compile(r"(\d+(?:[.,]\d+)?)\s?(?:m2|m²|metros? quadrados?)", re.I)
_DATE = re.compile(
    r"\b(\d{1,2}/\d{1,2}(?:/\d{2,4})?)\b|\b(hoje|amanha|depois de amanha|segunda|terca|quarta|quinta|sexta|sabado|domingo|semana que vem|mes que vem)\b"
)
_NAME = re.compile(
    r"(?i:meu nome (?:é|e)|me chamo|aqui (?:é|e) (?:o|a)|sou (?:o|a)) ([A-ZÀ-Ý][\wÀ-ÿ]+(?: (?:d[aeo]s? )?[A-ZÀ-Ý][\wÀ-ÿ]+){0,3})"
)
_CITY = re.compile(
    r"\b(?:moro em|sou de|aqui em|cidade de|fico em|estou em|atendem em) ((?:[A-ZÀ-Ý][\wÀ-ÿ]+)(?: (?:d[aeo]s? )?[A-ZÀ-Ý][\wÀ-ÿ]+){0,3})"
)
_ROOMS = {"sala": "sala", "quarto": "quarto", "cozinha": "cozinha", "banheiro": "banheiro", "varanda": "varanda", "escritorio": "escritório",
          "lavabo": "lavabo", "closet": "closet", "suite": "suíte", "area": "área", "garagem": "garagem", "fachada": "fachada"}  # fmt: skip


def language(text: str) -> str:
    """ "pt", "en", "es", or "" when too little was written to tell."""
    said = set(words(text))
    if not said:
        return ""
    scores = {"pt": len(said & _PORTUGUESE), "en": len(said & _ENGLISH), "es": len(said & _SPANISH)}
    best = max(scores, key=lambda name: scores[name])
    return best if scores[best] > scores["pt"] else "pt"


def intent(text: str) -> str:
    said = " ".join(words(text))
    return next((name for name, pattern in _INTENTS if pattern.search(said)), "other") if said else ""


def sentiment(text: str) -> str:
    """ "negative" wins over "positive": praise inside a complaint is irony or politeness."""
    said = fold(text)
    if _NEGATIVE.search(said) or _NOT_LIKED.search(said):
        return "negative"
    return "positive" if _POSITIVE.search(said) else "neutral"


def urgency(text: str) -> str:
    return "high" if _URGENT.search(fold(text)) else "normal"


def looks_complete(text: str) -> bool:
    """Tell whether the writer seems to have finished: fragments and bare greetings are usually followed by more."""
    said = words(text)
    if not said:
        return True
    if _TRAILS.search(text) or said[-1] in _UNFINISHED:
        return False
    if intent(text) in ("greeting", "other") and len(said) <= 4 and not text.rstrip().endswith("?"):
        return False
    return bool(_ENDS.search(text)) or len(said) >= 6 or intent(text) not in ("greeting", "other", "")


def entities(text: str) -> dict[str, str]:
    """The facts that stand in the text, by name. Local patterns only; nothing here is verified."""
    plain = clean(text[:4096])
    found: dict[str, str] = {}
    for name, pattern in (("email", _EMAIL), ("phone", _PHONE), ("name", _NAME), ("city", _CITY)):
        hit = pattern.search(plain)
        if hit:
            found[name] = hit.group(hit.lastindex or 0).strip()
    if money := _MONEY.search(plain):
        found["value"] = money.group(1) or money.group(2)
    if area := _AREA.search(plain):
        found["area"] = f"{area.group(1)} m²"
    elif size := _SIZE.search(plain):
        found["size"] = f"{size.group(1)} x {size.group(2)} m"
    if day := _DATE.search(fold(plain)):
        found["date"] = day.group(1) or day.group(2)
    if room := next((_ROOMS[word] for word in words(plain) if word in _ROOMS), ""):
        found["room"] = room
    return found
