"""What people configure about the assistant: who it is, what it knows, which models speak for it and what they cost."""

import re

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from apps.ai.words import ModelUse, ReasoningEffort
from apps.tenants.models import Configured, Tenant

REPLY_LENGTH = 1000


class Assistant(Configured):
    """A persona: how it speaks, what it must not do, and the texts it says as they stand here."""

    tenant = models.ForeignKey(Tenant, models.CASCADE, verbose_name=_("empresa"), related_name="assistants")
    slug = models.SlugField(_("identificador"), max_length=40)
    name = models.CharField(_("nome"), max_length=60)
    is_default = models.BooleanField(_("assistente padrão"), default=False)
    is_active = models.BooleanField(_("ativa"), default=True)
    persona = models.TextField(_("quem é"), max_length=4000)
    tone = models.TextField(_("tom de voz"), max_length=2000, blank=True)
    guardrails = models.TextField(
        _("limites"), max_length=4000, blank=True, help_text=_("O que nunca faz ou promete. Um por linha.")
    )
    must_say = models.TextField(
        _("sempre dizer"), max_length=2000, blank=True, help_text=_("Quando o assunto pedir. Um por linha.")
    )
    allowed_links = models.TextField(
        _("links permitidos"), blank=True, help_text=_("Domínios, um por linha. Os que estão nos artigos já podem.")
    )
    introduction = models.TextField(
        _("apresentação"),
        max_length=REPLY_LENGTH,
        help_text=_("Abre a primeira resposta: diz que é uma assistente virtual."),
    )
    person_notice = models.TextField(
        _("aviso de que há pessoas"),
        max_length=REPLY_LENGTH,
        help_text=_("Vem junto da apresentação: como pedir uma pessoa."),
    )
    greeting_reply = models.TextField(_("resposta a uma saudação"), max_length=REPLY_LENGTH)
    thanks_reply = models.TextField(_("resposta a um agradecimento"), max_length=REPLY_LENGTH)
    farewell_reply = models.TextField(_("resposta a uma despedida"), max_length=REPLY_LENGTH)
    acknowledgement_reply = models.TextField(_("resposta a um ok"), max_length=REPLY_LENGTH)
    identity_reply = models.TextField(_("resposta a “você é um robô?”"), max_length=REPLY_LENGTH)
    media_reply = models.TextField(_("resposta a um arquivo sem texto"), max_length=REPLY_LENGTH)
    clarify_reply = models.TextField(
        _("quando não entendeu"),
        max_length=REPLY_LENGTH,
        blank=True,
        help_text=_("A uma frase curta que não pergunta nada. Vazio: passa logo a uma pessoa."),
    )
    details_reply = models.TextField(
        _("quando o cliente descreve o projeto"),
        max_length=REPLY_LENGTH,
        blank=True,
        help_text=_("Medidas ou uma descrição, sem pergunta: vai para uma pessoa. Vazio: o mesmo de quando não sabe."),
    )
    unknown_reply = models.TextField(
        _("quando não sabe"), max_length=REPLY_LENGTH, help_text=_("Dita ao passar a conversa a uma pessoa.")
    )
    unavailable_reply = models.TextField(_("quando está com problemas"), max_length=REPLY_LENGTH)
    limit_reply = models.TextField(_("quando o limite de respostas acabou"), max_length=REPLY_LENGTH)

    class Meta:
        verbose_name = _("assistente")
        verbose_name_plural = _("assistentes")
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(fields=["tenant", "slug"], name="assistant_slug_once"),
            models.UniqueConstraint(
                fields=["tenant"],
                condition=models.Q(is_default=True),
                name="assistant_one_default",
                violation_error_message=_("Já existe uma assistente padrão nesta empresa."),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class PromptVersion(Configured):
    """The instructions to the model, version by version. The newest published one speaks; an older one rolls back."""

    tenant_path = "assistant__tenant_id"

    assistant = models.ForeignKey(Assistant, models.CASCADE, verbose_name=_("assistente"), related_name="prompts")
    number = models.PositiveIntegerField(_("versão"))
    instructions = models.TextField(
        _("instruções"), max_length=12000, help_text=_("Vêm depois de quem é, tom e limites, e antes dos artigos.")
    )
    note = models.CharField(_("o que mudou"), max_length=200, blank=True)
    is_published = models.BooleanField(_("publicada"), default=False)
    created_at = models.DateTimeField(_("criada em"), auto_now_add=True)

    class Meta:
        verbose_name = _("versão das instruções")
        verbose_name_plural = _("versões das instruções")
        ordering = ["assistant", "-number"]
        constraints = [models.UniqueConstraint(fields=["assistant", "number"], name="prompt_number_once")]

    def __str__(self) -> str:
        return f"{self.assistant} v{self.number}"


class LanguageModelSpec(Configured):
    """What a model costs and can do. Prices are US dollars per million tokens."""

    tenant = models.ForeignKey(Tenant, models.CASCADE, verbose_name=_("empresa"), related_name="language_models")
    name = models.CharField(_("nome na API"), max_length=80)
    provider = models.SlugField(_("provedor"), max_length=30, default="openai")
    input_usd = models.DecimalField(_("entrada, US$ por milhão"), max_digits=9, decimal_places=4, default=0)
    cached_usd = models.DecimalField(_("entrada em cache, US$ por milhão"), max_digits=9, decimal_places=4, default=0)
    output_usd = models.DecimalField(_("saída, US$ por milhão"), max_digits=9, decimal_places=4, default=0)
    context_tokens = models.PositiveIntegerField(_("contexto, em tokens"), default=128_000)
    accepts_temperature = models.BooleanField(_("aceita temperatura"), default=False)
    accepts_images = models.BooleanField(_("vê imagens"), default=False)
    reasoning_effort = models.CharField(
        _("esforço de raciocínio"),
        max_length=10,
        choices=ReasoningEffort.choices,
        blank=True,
        help_text=_("Vazio: o do modelo."),
    )
    shutdown_date = models.DateField(_("sai do ar em"), null=True, blank=True)
    is_active = models.BooleanField(_("ativo"), default=True)

    class Meta:
        verbose_name = _("modelo de linguagem")
        verbose_name_plural = _("modelos e preços")
        ordering = ["name"]
        constraints = [models.UniqueConstraint(fields=["tenant", "name"], name="language_model_name_once")]

    def __str__(self) -> str:
        return self.name


class ModelPolicy(Configured):
    """Which models are asked for a use, in which order, for how long and for how much."""

    tenant = models.ForeignKey(Tenant, models.CASCADE, verbose_name=_("empresa"), related_name="model_policies")
    use = models.CharField(_("uso"), max_length=12, choices=ModelUse.choices, default=ModelUse.ANSWER)
    first = models.ForeignKey(LanguageModelSpec, models.PROTECT, verbose_name=_("primeiro"), related_name="+")
    second = models.ForeignKey(
        LanguageModelSpec, models.PROTECT, verbose_name=_("se falhar"), related_name="+", null=True, blank=True
    )
    third = models.ForeignKey(
        LanguageModelSpec, models.PROTECT, verbose_name=_("se falhar também"), related_name="+", null=True, blank=True
    )
    timeout_seconds = models.FloatField(
        _("espera por resposta, em segundos"), default=18, validators=[MinValueValidator(1), MaxValueValidator(25)]
    )
    max_output_tokens = models.PositiveIntegerField(
        _("tamanho máximo da resposta, em tokens"),
        default=1200,
        validators=[MinValueValidator(50), MaxValueValidator(8000)],
        help_text=_("Inclui o raciocínio do modelo."),
    )
    max_prompt_tokens = models.PositiveIntegerField(
        _("tamanho máximo do pedido, em tokens"), default=16_000, validators=[MinValueValidator(1500)]
    )
    temperature = models.FloatField(
        _("temperatura"),
        default=0.4,
        validators=[MinValueValidator(0), MaxValueValidator(2)],
        help_text=_("Só para modelos que a aceitam."),
    )
    daily_budget_usd = models.DecimalField(
        _("orçamento diário, em US$"),
        max_digits=9,
        decimal_places=2,
        default=0,
        help_text=_("0: sem limite. A partir de 80% só o último modelo; gasto o total, só os artigos."),
    )

    class Meta:
        verbose_name = _("política de modelos")
        verbose_name_plural = _("políticas de modelos")
        ordering = ["use"]
        constraints = [models.UniqueConstraint(fields=["tenant", "use"], name="model_policy_use_once")]

    def __str__(self) -> str:
        return str(self.get_use_display())

    def clean(self) -> None:
        for name in ("first", "second", "third"):
            chosen = LanguageModelSpec.objects.filter(pk=getattr(self, f"{name}_id")).first()
            if chosen is not None and self.tenant_id and chosen.tenant_id != self.tenant_id:
                raise ValidationError({name: _("É de outra empresa.")})


class KnowledgeArticle(Configured):
    """One thing the business knows. With a price it is an item of the catalogue, and the only place of that price."""

    tenant = models.ForeignKey(Tenant, models.CASCADE, verbose_name=_("empresa"), related_name="articles")
    title = models.CharField(_("título"), max_length=120)
    questions = models.TextField(
        _("como os clientes perguntam"), blank=True, help_text=_("Uma por linha, do jeito que escrevem.")
    )
    keywords = models.TextField(
        _("palavras-chave"), blank=True, help_text=_("Separadas por vírgula: sinônimos, nomes populares.")
    )
    body = models.TextField(_("resposta"), max_length=3000, help_text=_("Do jeito que o cliente vai ler."))
    price = models.CharField(
        _("preço"),
        max_length=300,
        blank=True,
        help_text=_("Uma frase com o valor. É o único lugar em que ele fica: a próxima resposta já traz o novo."),
    )
    is_active = models.BooleanField(_("ativo"), default=True)
    position = models.PositiveSmallIntegerField(_("ordem"), default=0)

    class Meta:
        verbose_name = _("artigo")
        verbose_name_plural = _("artigos e catálogo")
        ordering = ["position", "title"]
        constraints = [models.UniqueConstraint(fields=["tenant", "title"], name="article_title_once")]

    def __str__(self) -> str:
        return self.title

    def clean(self) -> None:
        if self.price and re.search(r"R\$\s*\d", self.body):
            raise ValidationError({"body": _("O valor fica só no campo preço, para haver um lugar só a mudar.")})
