"""Reading Portuguese as people type it on a phone: accents or none, abbreviations, stretched letters, plurals."""

import re
import unicodedata
from functools import lru_cache

_INVISIBLE = re.compile(r"[\u200b-\u200f\u2060\ufeff\u00ad]")
_STRETCHED = re.compile(r"([a-z])\1{2,}")
_WORD = re.compile(r"[a-z0-9]+")

#: What phones and haste make of common words.
_SPELLINGS: dict[str, str] = {
    "vc": "voce", "vcs": "voces", "ce": "voce", "ceis": "voces", "oce": "voce", "tb": "tambem", "tbm": "tambem",
    "pq": "porque", "q": "que", "oq": "que", "oque": "que", "qto": "quanto", "qnto": "quanto", "qnt": "quanto",
    "qt": "quanto", "quantu": "quanto", "qtos": "quantos", "qts": "quantos", "ql": "qual",
    "qdo": "quando", "qnd": "quando", "p": "para", "pra": "para", "pro": "para", "pras": "para", "pros": "para",
    "prum": "para", "pruma": "para", "c": "com", "cm": "com", "cmg": "comigo", "n": "nao", "nn": "nao",
    "naum": "nao", "eh": "e", "msm": "mesmo", "mt": "muito", "mto": "muito", "mta": "muita",
    "td": "tudo", "tdo": "tudo", "blz": "beleza", "vlw": "valeu", "vlww": "valeu", "flw": "falou", "obg": "obrigado",
    "obgd": "obrigado", "obgda": "obrigada", "brigado": "obrigado", "brigada": "obrigada", "brigadao": "obrigado",
    "obrigadao": "obrigado", "pf": "favor", "pfv": "favor", "pfvr": "favor", "pfavor": "favor", "plis": "favor",
    "agr": "agora", "hj": "hoje", "dps": "depois", "kd": "cade", "to": "estou", "tou": "estou",
    "ta": "esta", "tao": "estao", "tava": "estava", "fzr": "fazer", "falr": "falar", "fla": "falar",
    "add": "adicionar", "msg": "mensagem", "qro": "quero", "qria": "queria", "kero": "quero", "keria": "queria",
    "ngm": "ninguem", "alg": "alguem", "algm": "alguem", "vdd": "verdade", "sla": "sei",
    "bdia": "dia", "bjs": "beijos", "bj": "beijo", "oii": "oi", "tel": "telefone", "zap": "whatsapp",
    "whats": "whatsapp", "wpp": "whatsapp", "pgto": "pagamento", "pagto": "pagamento", "apto": "apartamento",
    "ap": "apartamento", "ape": "apartamento", "m2": "metros", "mts": "metros",
}  # fmt: skip


def vocabulary(text: str) -> frozenset[str]:
    """The words of a list as a set."""
    return frozenset(text.split())


#: Words that carry no subject by themselves.
STOPWORDS = vocabulary("""a o as os um uma uns umas e ou de do da dos das em no na nos nas num numa por pelo pela pelos pelas para com sem
    sob ao aos que se eu me mim comigo voce voces te ti tu seu sua seus suas meu minha meus minhas nosso nossa nossos
    nossas ele ela eles elas lhe isso isto esse essa esses essas este esta estes estas aquele aquela aquilo ja so mais
    muito muita muitos muitas bem tambem ate mas porem entao assim ai aqui la ali ne pois porque como quando onde qual
    quais quanto quanta quantos quantas quem sobre entre ser sou era seria sao e foi estar estou estao estava esta
    tem tenho temos tinha ter teria ha vai vou vamos ir iria ia pode posso podem poderia poderiam podia consigo consegue
    conseguem quero queria querem quer gostaria preciso precisa precisaria precisava desejo sei saber dizer diz fala falar
    explica explicar informa informar informacao informacoes manda mandar passa passar mostra da dar fazer faz fazem faco
    feito favor gentileza oi ola opa bom boa dia tarde noite tudo obrigado obrigada por gente moca moco amiga amigo
    hein tipo sabe acho queira tal mesmo mesma algo alguma algum alguns algumas coisa coisas hoje agora depois ainda
    outra outro outros outras cada todo toda todos todas tambem nao sim ok certo beleza la pra dois duas tres quatro cinco seis sete oito nove dez""")


def clean(text: str) -> str:
    """Normalise odd digits and letters to their plain forms and drop invisible characters."""
    return _INVISIBLE.sub("", unicodedata.normalize("NFKC", text))


def fold(text: str) -> str:
    """Lower case without accents or stretched letters: "Olááá, você" becomes "ola, voce"."""
    decomposed = unicodedata.normalize("NFKD", clean(text).lower())
    plain = "".join(letter for letter in decomposed if not unicodedata.combining(letter))
    return _STRETCHED.sub(r"\1", plain)


def words(text: str) -> list[str]:
    """The folded words of a text, with the abbreviations of phones written out."""
    return [_SPELLINGS.get(word, word) for word in _WORD.findall(fold(text))]


def content_words(text: str) -> list[str]:
    """The stems of the words that carry a subject. Bare numbers carry none."""
    return [stem(word) for word in words(text) if word not in STOPWORDS and not word.isdigit() and len(word) > 1]


@lru_cache(maxsize=8192)
def stem(word: str) -> str:
    """Cut a folded word to what its inflections share: plural, gender, diminutive, common verb endings.

    Light on purpose: "ambientes" and "ambiente" meet, "pintura" and "pintor" do not.
    """
    word = _singular(word)
    for ending in ("zinha", "zinho", "inha", "inho"):
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            return word[: -len(ending)]
    for ending in _VERB_ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= 4:
            return word[: -len(ending)]
    return word[:-1] if len(word) > 3 and word[-1] in "aeo" else word


_VERB_ENDINGS = ("ariam", "eriam", "iriam", "ando", "endo", "indo", "aria", "eria", "iria", "aram", "eram", "avam",
                 "amos", "emos", "imos", "ados", "adas", "idos", "idas", "ado", "ada", "ido", "ida", "ava", "ou",
                 "am", "em", "ar", "er", "ir")  # fmt: skip


def _singular(word: str) -> str:
    if len(word) <= 3 or not word.endswith("s"):
        return word
    for plural, singular in (("oes", "ao"), ("aes", "ao"), ("ais", "al"), ("eis", "el"), ("ois", "ol"), ("ns", "m"),
                             ("res", "r"), ("zes", "z")):  # fmt: skip
        if word.endswith(plural):
            return word[: -len(plural)] + singular
    return word[:-1]
