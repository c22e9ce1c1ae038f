"""The demo assistant: persona, instructions, catalogue, models and prices, written as data that people then edit."""

from datetime import date
from decimal import Decimal
from typing import Any

from django.db import transaction

from apps.ai.models import Assistant, KnowledgeArticle, LanguageModelSpec, ModelPolicy, PromptVersion
from apps.tenants.models import Tenant


@transaction.atomic
def seed_assistant(tenant: Tenant) -> None:
    """Write what the tenant does not have yet; what a person changed stays as it is."""
    assistant, is_new = Assistant.objects.get_or_create(
        tenant=tenant, slug="urba", defaults={"is_default": True, **_PERSONA}
    )
    if is_new:
        PromptVersion.objects.create(
            assistant=assistant, number=1, note="Primeira versão", instructions=_INSTRUCTIONS, is_published=True
        )
    for position, article in enumerate(_ARTICLES):
        KnowledgeArticle.objects.get_or_create(
            tenant=tenant, title=article["title"], defaults={**article, "position": position * 10}
        )
    seed_models(tenant)


@transaction.atomic
def seed_models(tenant: Tenant) -> None:
    """Write the model list with its prices of November 2026 and the chain that answers customers."""
    specs = {}
    for name, input_usd, cached_usd, output_usd, context_tokens, effort, temperature, shutdown in _MODELS:
        specs[name], _ = LanguageModelSpec.objects.get_or_create(
            tenant=tenant,
            name=name,
            defaults={
                "input_usd": Decimal(input_usd),
                "cached_usd": Decimal(cached_usd),
                "output_usd": Decimal(output_usd),
                "context_tokens": context_tokens,
                "reasoning_effort": effort,
                "accepts_temperature": temperature,
                "accepts_images": True,
                "shutdown_date": shutdown,
            },
        )
    ModelPolicy.objects.get_or_create(
        tenant=tenant, use="answer", defaults={"first": specs["gpt-6-luna"], "second": specs["gpt-5.6-luna"]}
    )


_MODELS: tuple[tuple[str, str, str, str, int, str, bool, date | None], ...] = (
    ("gpt-6-luna", "0.10", "0.01", "0.50", 1_050_000, "low", False, None),
    ("gpt-5.6-luna", "0.20", "0.02", "1.20", 1_050_000, "low", False, None),
    ("gpt-6-sol", "2", "0.20", "10", 1_050_000, "low", False, None),
    ("gpt-6.1-terra", "1", "0.05", "5", 1_050_000, "low", False, None),
    ("gpt-4.1-mini", "0.40", "0.10", "1.60", 1_050_000, "", True, date(2027, 1, 14)),
    ("gpt-4o-mini", "0.15", "0.075", "0.60", 128_000, "", True, date(2027, 1, 14)),
)

_PERSONA: dict[str, Any] = {
    "name": "Urba",
    "persona": (
        "Você é a Urba, assistente virtual da Urbana do Brasil, empresa de arquitetura e decoração de Campina Grande, na Paraíba. "
        "Você atende pelo WhatsApp quem quer transformar a casa ou o comércio sem complicação."
    ),
    "tone": "Calorosa e informal, como uma amiga que entende de decoração. Frases curtas, no máximo um emoji por mensagem, sem exagero.",
    "guardrails": (
        "Nunca invente preço, prazo, endereço, desconto ou promessa: diga só o que está nos artigos.\n"
        "Não faça orçamento personalizado.\n"
        "Quando não souber, diga que não sabe e passe a conversa a uma pessoa da equipe.\n"
        "Não peça CPF, cartão nem senha."
    ),
    "must_say": "Para começar um projeto, peça fotos ou vídeos, largura × comprimento e uma descrição do que a pessoa quer.",
    "introduction": "Oi! Eu sou a Urba, assistente virtual da Urbana do Brasil 😊",
    "person_notice": "Se preferir falar com uma pessoa da equipe, é só me dizer.",
    "greeting_reply": "Como posso te ajudar hoje? Posso falar de preços, de como funciona cada projeto ou de como começar o seu.",
    "thanks_reply": "Por nada! Precisando, é só chamar 💛",
    "farewell_reply": "Até mais! Quando quiser, estou por aqui 👋",
    "acknowledgement_reply": "Combinado! Se quiser saber mais alguma coisa, é só perguntar.",
    "identity_reply": "Sou a Urba, uma assistente virtual da Urbana do Brasil. Tem gente de verdade na equipe também: se preferir uma pessoa, é só me dizer.",
    "media_reply": (
        "Recebi, obrigada! Me conta também a largura × comprimento do espaço e o que você imagina para ele, que assim o projeto já começa bem encaminhado."
    ),
    "details_reply": "Anotei tudo, obrigada! Vou passar para uma pessoa da equipe começar o seu projeto com você.",
    "clarify_reply": "Acho que não entendi direito. Me conta com outras palavras o que você precisa?",
    "unknown_reply": "Essa eu não sei te responder com certeza, e prefiro não chutar. Vou passar para uma pessoa da equipe continuar com você.",
    "unavailable_reply": "Estou com um probleminha técnico para te responder agora. Já estou passando sua conversa para uma pessoa da equipe.",
    "limit_reply": "A gente já conversou bastante por agora. Vou passar você para uma pessoa da equipe, para continuar melhor.",
}

_INSTRUCTIONS = (
    "Responda à última mensagem do cliente em português do Brasil, em um texto só, curto, pronto para o WhatsApp.\n"
    "Use action=answer quando os artigos respondem; ask quando falta uma informação do cliente; hand_off quando os artigos não cobrem "
    "o que ele quer saber ou quando ele quer uma pessoa; resolve quando ele se despede e não falta nada.\n"
    "Em sources ponha os ids dos artigos que usou. Preço, prazo, endereço e promessa só com artigo.\n"
    "Em collected anote o que o cliente contou do projeto: comodo, largura, comprimento, estilo, cidade, nome.\n"
    "Não se apresente: a apresentação é acrescentada à sua primeira resposta. Se perguntarem, diga com honestidade que é uma assistente virtual."
)

_ARTICLES: tuple[dict[str, str], ...] = (
    {
        "title": "Decor Interiores",
        "questions": (
            "quanto custa o decor interiores\nqual o valor para decorar minha sala\nvocês decoram quarto\nquero mudar meu quarto\n"
            "quero decorar minha casa\nfazem projeto de interiores\no que é o decor interiores\nfazem projeto de cozinha"
        ),
        "keywords": (
            "interior, decoração, decorar, ambiente, cômodo, sala, quarto, cozinha, banheiro, escritório, varanda, suíte, closet, lavabo, "
            "apartamento, móveis, design de interiores, ambientação, interno, bebê, casal, infantil, solteiro"
        ),
        "body": (
            "O Decor Interiores é o nosso projeto de decoração para um ambiente da sua casa ou do seu comércio: sala, quarto, cozinha, escritório "
            "ou o espaço que você quiser renovar."
        ),
        "price": "O Decor Interiores custa R$ 350 por ambiente de até 20 m².",
    },
    {
        "title": "Decor Fachada",
        "questions": (
            "quanto custa o decor fachada\nqual o preço da fachada\nvocês fazem fachada\nquero mudar a frente da minha casa\n"
            "projeto para a frente da loja\no que é o decor fachada"
        ),
        "keywords": "fachada, comercial, loja, frente, muro, portão, parte de fora, exterior, externo",
        "body": "O Decor Fachada é o nosso projeto para renovar a frente da sua casa ou do seu comércio.",
        "price": "O Decor Fachada custa R$ 350 por projeto.",
    },
    {
        "title": "Decor Pintura",
        "questions": (
            "quanto custa o decor pintura\nqual o valor da pintura\nvocês ajudam a escolher a cor da parede\nquero pintar a parede\n"
            "que cor combina com minha sala\no que é o decor pintura"
        ),
        "keywords": "pintura, pintar, cor, cores, tinta, parede, paleta, combinar cores",
        "body": "O Decor Pintura é o nosso projeto de cores e pintura, para mudar a cara do espaço com tinta.",
        "price": "O Decor Pintura custa R$ 350.",
    },
    {
        "title": "Reforma sem quebra-quebra",
        "questions": (
            "precisa quebrar parede\nvocês fazem reforma\né sem quebra quebra\ntem obra\nvai ter sujeira\nmexe na estrutura\n"
            "como funciona a reforma\nderruba parede\nfaz bagunça"
        ),
        "keywords": "reforma, reformar, renovação, renovar, quebra-quebra, quebrar, obra, estrutura, estrutural, sujeira, bagunça, entulho, demolir, derrubar",
        "body": (
            "A gente renova sem quebra-quebra: o Decor Interiores, o Decor Fachada e o Decor Pintura não mexem na estrutura do imóvel, "
            "então nada de derrubar parede."
        ),
    },
    {
        "title": "Faça você mesmo",
        "questions": (
            "posso fazer sozinho\ntem opção faça você mesmo\nvocês mandam um guia\ntem vídeo ensinando\ncomo executo o projeto\n"
            "eu mesma consigo fazer\neu mesma posso fazer\nquem executa o projeto"
        ),
        "keywords": "faça você mesmo, sozinho, sozinha, por conta própria, guia, vídeo, vídeos, passo a passo, tutorial, DIY, executar, execução, eu mesmo, ensina",
        "body": (
            "No Decor Interiores e no Decor Pintura você pode escolher a opção faça você mesmo: recebe um guia e vídeos com o passo a passo para "
            "fazer tudo no seu ritmo."
        ),
    },
    {
        "title": "Orçamento personalizado",
        "questions": (
            "fazem orçamento\nquero um orçamento\npode fazer um orçamento personalizado\ntem orçamento sob medida\nfaz um preço especial\ntem desconto"
        ),
        "keywords": "orçamento, orçar, personalizado, sob medida, cotação, preço fechado, desconto, negociar, preço especial",
        "body": (
            "A gente não faz orçamento personalizado: cada projeto tem preço fixo, o mesmo para todo mundo, para você saber o valor desde o começo."
        ),
    },
    {
        "title": "Como começar um projeto",
        "questions": (
            "como faço para começar\ncomo contrato\no que preciso mandar\nquero fazer um projeto\nquero contratar\nqual o primeiro passo\n"
            "o que vocês precisam saber\nquais fotos eu mando\nprecisa das medidas\ncomo funciona o projeto\ncomo funciona"
        ),
        "keywords": "começar, começo, iniciar, início, contratar, contratação, fechar, primeiro passo, fotos, foto, medidas, tamanho, largura, comprimento, enviar, mandar, funciona, etapas",
        "body": (
            "Para começar é só me mandar por aqui: fotos ou vídeos do espaço, as medidas (largura × comprimento) e uma descrição do que você "
            "imagina para ele."
        ),
    },
    {
        "title": "Quem é a Urbana do Brasil",
        "questions": (
            "o que vocês fazem\nquais são os serviços\nde onde vocês são\nquem são vocês\nconhecer a urbana\nquais projetos vocês têm\nonde vocês ficam"
        ),
        "keywords": "Urbana, empresa, serviços, Campina Grande, Paraíba, arquitetura, catálogo, opções, cidade",
        "body": (
            "A Urbana do Brasil é uma empresa de arquitetura e decoração de Campina Grande, na Paraíba. Temos três projetos: Decor Interiores, "
            "Decor Fachada e Decor Pintura."
        ),
    },
)
