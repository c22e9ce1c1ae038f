"""Hears that a customer asks for a person, in any natural Portuguese, without a model and without configuration.

Patterns run over folded words (no accents, abbreviations written out, typos of the key words mended), clause by
clause, because "não quero robô, me passa pra alguém" refuses in one clause and asks in the next.
"""

import re
from functools import lru_cache

from rapidfuzz.distance import DamerauLevenshtein

from apps.common.portuguese import fold, vocabulary, words

_CLAUSE = re.compile(r"[.!?;,\n]+|\b(?:mas|porem|so que|entao)\b")

#: Who counts as a person of the business. "voces" does not: everyone writes it to whoever answers.
_STAFF = (
    "atendente|atendentes|agente|agentes|representante|humano|humana|humanos|humanas|operador|operadora|funcionario|funcionaria|vendedor|vendedora|"
    "consultor|consultora|responsavel|gerente|supervisor|supervisora|dono|dona|proprietario|proprietaria|chefe|"
    "especialista|profissional|tecnico|equipe|time|suporte|setor|departamento|comercial|financeiro|administracao|"
    "arquiteto|arquiteta|decorador|decoradora|designer|moca|moco|rapaz|colega|recepcionista|secretaria"
)
_SOMEONE = f"{_STAFF}|pessoa|pessoas|alguem|gente|ninguem|ser humano"
_ROBOT = "robo|robos|robozinho|bot|bots|chatbot|maquina|maquinas|inteligencia artificial|ia|computador|gravacao|automatico|automatica|automatizado|assistente virtual|atendente virtual"
_TALK = "falar|conversar|tratar|teclar|contato|papo|dialogar|fala|conversa|falando|conversando|tratando"
_DET = "um|uma|uns|o|a|os|as|algum|alguma|alguns|outro|outra|qualquer|seu|sua|de|do|da|dos|mesmo"
_WANT = "quero|queria|quer|preciso|precisava|precisaria|gostaria|posso|podia|poderia|pode|prefiro|preferia|desejo|exijo|como|consigo|deixa|deixe|bora|vamos|dava|da|tem|solicito|necessito|favor|quiser|agora|ja"
_SERVE = "atender|atende|atenda|atendam|atendesse|ajudar|ajuda|ajude|ajudasse|responder|responde|responda|entender|entende|entenda|orientar|oriente|falar|fale|resolver|resolva|resolve"

_REFUSES_ROBOT = re.compile(
    rf"\b(?:nao (?:quero|queria|gosto|aguento|suporto|vou|da|estou|desejo|converso|falo|consigo)|cansei|cansado|cansada|chega|odeio|"
    rf"detesto|sem|para|pare|tira|tire|saia|sai|farto|farta|nada)\b.{{0,40}}\b(?:{_ROBOT})\b|^(?:{_ROBOT}) nao$"
)
#: "não precisa chamar ninguém", "não quero falar com atendente": the wish is for no person.
_REFUSES_PERSON = re.compile(
    rf"\b(?:nao|nem|sem)\b(?: \w+){{0,2}} (?:quero|queria|preciso|precisa|precisava|gostaria|necessario|necessidade|pretendo|carece)\b"
    rf"(?!.*\b(?:{_ROBOT})\b)|\b(?:nao|sem)\b (?:quero|queria|preciso|precisa|gostaria|precisar)\b(?!.*\b(?:{_ROBOT})\b)"
    rf"|\bsem (?:precisar |ter que |ter de )?(?:falar|conversar)\b|\bnao (?:me )?(?:chama|chame|passa|passe|transfere|transfira|liga|ligue)\b"
)
_ABOUT_THE_PAST = re.compile(
    r"\b(?:gostei|adorei|amei|acabei|consegui|falei|conversei|tratei|atendeu|atenderam|ajudou|ajudaram|foi|era|foram|"
    r"parabens|agradeco|obrigado|obrigada|otimo|otima|excelente|maravilhosa|maravilhoso|atenciosa|atencioso|"
    r"simpatica|simpatico|educada|educado|ontem|recomendou|indicou|disse|falou que|passou|mandou|fez|atendida|atendido)\b"
)
_FAILED_IN_THE_PAST = re.compile(
    r"\bnao (?:consegui|consigo|fui|sou|estou|estava|tive)\b|\bninguem\b|\bate agora\b|\bquero|queria|preciso|novamente|de novo|outra vez\b"
)
_WISH_NOW = re.compile(
    r"\b(?:quero|queria|preciso|gostaria|posso|poderia|podia|pode|prefiro|consigo|tem como|da para|chama|chame|passa|passe|transfere)\b"
)
_OWN_PLAN = re.compile(
    r"\b(?:vou|vamos|irei|tenho que|tenho de|ter que|ia|antes de|depois de|depois que|enquanto|assim que|apos|ja|ainda vou|preciso antes|fui)\b(?: (?!precis|quer)\w+)? "
    r"(?:falar|conversar|tratar|ver|chamar)\b"
)
_ASKS_WHO_WE_ARE = re.compile(
    rf"\b(?:voce|voces|tu|isso|isto|esse|aqui|ai|quem)\b(?: \w+)? (?:e|sao|seria|esta|estou)\b.{{0,24}}\b(?:{_ROBOT}|{_SOMEONE})\b"
    rf"|^(?:e|sao|sera que e|seria)\b.{{0,16}}\b(?:{_ROBOT}|{_SOMEONE})\b.{{0,24}}$|\b(?:estou|esta) (?:falando|conversando|tratando|teclando) com\b"
    rf"|\bcom quem (?:eu )?(?:estou|falo agora)\b|\b(?:{_ROBOT}) ou (?:{_SOMEONE})\b|\b(?:pessoa|humano|humana|gente)(?: de verdade| real)? ou (?:um |uma )?(?:{_ROBOT})\b"
)

_FILLER = r"(?: (?:me|eu|aqui|ai|la|logo|direto|diretamente|so|urgente|agora|favor|por|ja|isso|isto|essa|conversa|atendimento|ligacao|chat|com|para|ao|a|o|pela|pelo))"
#: Family, oneself, or how one talks: "falar com minha esposa", "falar com você", "falar com calma".
_NOT_STAFF = (
    "voce|voces|ti|tu|meu|meus|minha|minhas|nosso|nossa|ele|ela|eles|elas|calma|clareza|certeza|respeito|educacao|carinho|"
    "jeito|cuidado|quem|que|qual|antecedencia|urgencia|robo|bot|ia|maquina|marido|esposa|mae|pai|familia|filho|filha|"
    "casa|vizinho|vizinha|sindico|sindica|condominio|pedreiro|pintor|tempo|base|relacao|todo|toda|todos|tudo|isso|sobre|antes|depois"
)

_ASKS = tuple(
    re.compile(pattern)
    for pattern in (
        # falar com um atendente, conversar com alguém, entrar em contato com a equipe
        rf"\b(?:{_TALK}) (?:\w+ ){{0,2}}?com (?:(?:{_DET}) )*(?:\w+ )?(?:{_SOMEONE})\b",
        # quero falar com a Ana, posso falar com o setor de compras
        rf"\b(?:{_WANT})\b(?: \w+){{0,2}} (?:falar|conversar|tratar) com (?:(?:{_DET}) )*(?!(?:{_NOT_STAFF})\b)[a-z]{{3,}}",
        rf"^(?:falar|conversar) com (?:(?:{_DET}) )*(?!(?:{_NOT_STAFF})\b)[a-z]{{3,}}",
        r"\bcom quem (?:eu )?(?:posso|consigo|devo|preciso|poderia|falo|converso|trato)\b(?! agora)",
        # ser atendido por alguém, atendimento humano
        rf"\b(?:atendid[oa]|atendimento|ajuda|suporte|auxilio|resposta) (?:por|com|de|da|do|pelo|pela) (?:(?:{_DET}) )*(?:{_SOMEONE})\b",
        r"\b(?:atendimento|suporte|ajuda|contato|assistencia|auxilio|apoio) (?:mais )?(?:humano|humana|humanizado|humanizada|pessoal|de verdade|real)\b",
        # me passa para um atendente, chama alguém, manda uma pessoa
        (
            rf"\b(?:passa|passar|passe|passem|encaminha|encaminhar|encaminhe|direciona|direcionar|direcione|redireciona|redirecione|conecta|conecte|"
            rf"conectar|chama|chamar|chame|chamem|coloca|coloque|colocar|poe|ponha|bota|bote|transfere|transfira|transferir|transfiram|"
            rf"manda|mande|mandar|arruma|arrume|aciona|acione|acionar|traz|traga|solicito|solicitar|liga|ligar|entrega)"
            rf"{_FILLER}{{0,5}}(?: (?:{_DET}))*(?: outra| outro)? (?:{_SOMEONE})\b(?! d[aeo]s? (?:minha|meu|nossa|nosso|casa|familia)\b)"
        ),
        r"\b(?:me )?(?:transfere|transfira|transferir|redireciona|redirecione)\b(?: (?:me|favor|por|ai|logo|agora))*$",
        r"\bquero (?:uma )?transferencia\b|\bme (?:transfere|transfira|transferir|encaminha|encaminhe|direciona|direcione)\b",
        # tem alguém aí? algum atendente disponível?
        rf"\b(?:tem|existe|ha|haveria|teria|cade|onde esta)\b(?: (?:{_DET}))* (?:{_STAFF})\b(?! (?:de|do|da|dos|que|para|no|na|em)\b)",
        rf"\btem(?: (?:{_DET}))* (?:alguem|pessoa|gente|ninguem)(?: \w+)? (?:ai|aqui|online|disponivel|real|de verdade|humano|humana|me (?:{_SERVE})|(?:para|que|pode|possa|poderia)(?: \w+)? (?:me )?(?:{_SERVE}))\b(?! (?:a|com|na|no|em|sobre|pintar)\b)",
        r"\btem (?:alguem|gente|ninguem|pessoas) (?:ai|aqui|online)\b|^alguem(?: (?:ai|online|disponivel|favor|por))*$|^tem alguem$",
        rf"\bninguem (?:me |vai |que |ai |vai me )*(?:{_SERVE}|responde|fala)\b",
        rf"\balguem (?:ai |por favor |favor |da equipe |de voces |humano |real )*(?:que )?(?:pode|poderia|podia|consegue|vai|vem|possa|me|para)(?: me)? (?:{_SERVE})\b(?! (?:a|com|na|no|em|sobre|qual|se|uma|um)\b)",
        rf"\balguem (?:real|de verdade|humano)\b|\balguem que (?:me )?(?:{_SERVE}|saiba)\b(?! (?:a|com|na|no|em|sobre|fazer|pintar)\b)",
        r"\balguem (?:\w+ )?(?:falar|fale|fala|conversar|converse) comigo\b|\b(?:atende|atenda|responde) (?:ai |aqui )?alguem\b",
        r"\b(?:falar|conversar) com quem (?:entend|sab|resolv|decid|mand)\w*",
        # quero um atendente, prefiro gente de verdade, cadê o humano
        (
            rf"\b(?:quero|queria|preciso|precisava|gostaria|prefiro|preferia|exijo|desejo|solicito|necessito|cade|falta)\b(?: (?:{_DET}|ter|ver|ajuda|que|seja|muito|urgente|logo|agora|por|favor|com|ser))*"
            r" (?:atendente|atendentes|humano|humana|atendimento|ser humano|operador|operadora|gerente|supervisor|supervisora|vendedor|vendedora|consultor|consultora|responsavel|funcionario|funcionaria|suporte(?! (?:de|para|da|do)))\b"
        ),
        rf"^(?:eu )?(?:quero|queria|prefiro|preciso)(?: e| so| de)* (?:outra |uma outra |uma )?(?:gente|pessoa|alguem)(?: (?:me )?(?:{_SERVE})ndo)?$",
        rf"\b(?:quero|queria|preciso|gostaria|prefiro) que (?:(?:{_DET}) )*(?:{_SOMEONE}) (?:me )?(?:atenda|atendesse|veja|visse|ajude|ajudasse|responda|analise|olhe|resolva|ligue|fale|entre|entrasse|assuma)\b",
        rf"\b(?:preciso|quero|queria|gostaria|necessito) (?:de )?(?:uma pessoa|alguem|gente) para (?:me )?(?:{_SERVE})\b(?! (?:a|com|na|no|em|sobre)\b)",
        rf"\b(?:esperando|aguardando|espero|aguardo|esperar) (?:(?:{_DET}) )*(?:atendente|atendimento|humano|alguem|pessoa|gente|contato de)\b",
        rf"\b(?:alguem|pessoa|gente|{_STAFF})\b(?: \w+){{0,2}} (?:entrar|entre|entrasse|entra) em contato\b|\bentr(?:ar|em|a) em contato comigo\b",
        rf"\b(?:reclamar|resolver|negociar|fechar|combinar|ver isso|tirar (?:\w+ ){{0,2}}duvidas?) com (?:(?:{_DET}) )*(?:{_SOMEONE})\b",
        rf"\b(?:passa|manda|quero|envia|tem)(?: o)? contato d[aeo]s? (?:(?:{_DET}) )*(?:{_SOMEONE})\b",
        r"\b(?:quero|queria|preciso|gostaria|prefiro|preferia|exijo|desejo|chega|manda|melhor)\b.{0,30}\b(?:pessoa|gente|alguem) (?:de verdade|real|humana|humano|de carne|viva)\b",
        r"\b(?:pessoa|gente) (?:de verdade|real|de carne)\b(?:(?: por)? favor| ai| agora)*$|\bcarne e osso\b",
        # me liga, quero uma ligação
        (
            r"\bme (?:liga|ligue|liguem|telefona|telefone|telefonar)\b|\b(?:pode|podem|poderia|poderiam|podia|consegue|alguem)(?: \w+)? me (?:ligar|telefonar|ligarem|retornar)\b|\bliga[rm]? para (?:mim|eu)\b"
            r"|\b(?:quero|queria|gostaria|prefiro|aguardo)(?: de)?(?: receber)? (?:uma |um )?(?:ligacao|telefonema)\b|\bme da(?:r)? (?:uma |um )?(?:ligada|ligacao|toque)\b"
        ),
        # other languages that reach Brazil
        r"\b(?:talk|speak|chat) (?:to|estou|with) (?:a |an |some |the )?(?:real )?(?:human|humano|person|agent|someone|representative|somebody)\b|\b(?:human|live|real) (?:agent|person|support)\b",
        r"\bhablar con (?:una?|algun|alguna|el|la)? ?(?:persona|humano|agente|asesora?|alguien|ejecutivo)\b",
    )
)

_ALONE = vocabulary(
    "atendente atendentes humano humana atendimento pessoa real verdade alguem gente falar conversar ser suporte operador operadora vendedor vendedora"
)
_ALONE_CORE = vocabulary("atendente atendentes humano humana atendimento pessoa operador operadora vendedor vendedora")
_POLITE = vocabulary("""por favor um uma o a ola oi opa bom boa dia tarde noite quero queria preciso gostaria de com ai aqui agora ja urgente
    logo me moca moco tudo bem pode ser sim para eu mesmo cade online disponivel entao ok por gentileza obrigado obrigada
    tem algum alguma so""")
_HUMAN_NOUN = re.compile(r"\b(?:erro|corpo|ser|toque|lado|calor|recursos) (?:humano|humanos)\b")

_KEY_WORDS = ("atendente", "atendimento", "humano", "humana", "pessoa", "falar", "conversar", "alguem", "transferir", "transfere",
              "vendedor", "gerente", "supervisor", "funcionario", "consultor", "responsavel", "arquiteta", "arquiteto", "equipe",
              "quero", "preciso", "gostaria", "robo", "maquina", "chamar", "verdade")  # fmt: skip
#: Real words within one slip of a key word; they stay what they are.
_REAL_WORDS = vocabulary("""pessoal pessoais pessoas faltar falta falam falas falara fala falou faca calar atender atenda atendem atendentes gerentes
    humanos humanas umana chama chame chamam chamas clamar conversa conversas conversam querer queria quer quera quere precisa precisam
    precisar arquitetos arquitetas robos maquinas vendedora consultora equipes responsaveis gostaria rob algum alguns alguma
    roubo rolo bobo lobo rodo maquiar verdades vendedores transferiu transferi funcionaria supervisora consultoria
    arquitetura atendido atendida sala pagar falhar valor lugar colar mala copo topo logo dobro ramo plano jaquetas""")


def asks_for_person(text: str) -> bool:
    """Tell whether the customer asks to be attended by a person, now. Of a long text its two ends are read."""
    if len(text) > 1200:
        text = f"{text[:800]}\n{text[-400:]}"
    listed = [_clause_words(part) for part in _CLAUSE.split(fold(text))]
    clauses = [clause for clause in listed if clause]
    return any(_asks(clause) for clause in clauses) or _is_only_the_word(
        [word for clause in clauses for word in clause]
    )


def _asks(clause: list[str]) -> bool:
    said = " ".join(clause)
    if _REFUSES_ROBOT.search(said):
        return not _ASKS_WHO_WE_ARE.search(said) or "quero" in clause
    if _REFUSES_PERSON.search(said):
        return False
    if _ASKS_WHO_WE_ARE.search(said) and not _WISH_NOW.search(said):
        return False
    if _OWN_PLAN.search(said) and not _WISH_NOW.search(said):
        return False
    if _ABOUT_THE_PAST.search(said) and not _FAILED_IN_THE_PAST.search(said) and not _WISH_NOW.search(said):
        return False
    return any(pattern.search(said) for pattern in _ASKS)


def _is_only_the_word(said: list[str]) -> bool:
    left = [word for word in said if word not in _POLITE and not word.isdigit()]
    if not left or len(left) > 4 or "nao" in said or _HUMAN_NOUN.search(" ".join(said)):
        return False
    return all(word in _ALONE for word in left) and any(word in _ALONE_CORE for word in left)


def _clause_words(clause: str) -> list[str]:
    return [_mended(word) for word in words(clause)]


@lru_cache(maxsize=16384)
def _mended(word: str) -> str:
    """The key word that this is a slip of ("atendnte", "umano", "pesoa"), or the word itself."""
    if len(word) < 4 or word in _KEY_WORDS or word in _REAL_WORDS:
        return word
    for key in _KEY_WORDS:
        slips = 2 if len(key) >= 8 else 1
        is_near = abs(len(word) - len(key)) <= slips and len(key) >= 5 and word[0] == key[0]
        if is_near and DamerauLevenshtein.distance(word, key, score_cutoff=slips) <= slips:
            return key
    return {"umano": "humano", "umana": "humana", "umanu": "humano", "atendete": "atendente", "roboo": "robo"}.get(
        word, word
    )
