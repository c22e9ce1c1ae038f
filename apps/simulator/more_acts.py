"""The rest of what a customer can do from the page, and what Meta decides there. One form posts the name of the deed."""

import secrets
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest

from apps.simulator.engine import Engine
from apps.simulator.meta.account import MetaAccount
from apps.simulator.phone.cast import AD, CARDS, FORM, ORDER, new_number
from apps.simulator.phone.changes import PhoneCustomer
from apps.simulator.views import done, for_customer

Deed = Callable[[Engine, MetaAccount, PhoneCustomer, str], object]

#: How long a late message was on its way: longer than the customer service window.
LATE_SECONDS = 25 * 3600
#: What each button sends; the last argument is what stands in the text field.
DEEDS: dict[str, Deed] = {
    "contacts": lambda play, account, who, words: play.handset.share_contacts(account, who, CARDS),
    "order": lambda play, account, who, words: play.handset.order(account, who, ORDER),
    "form": lambda play, account, who, words: play.handset.fill_form(account, who, FORM),
    "poll": lambda play, account, who, words: play.handset.send_unsupported(account, who),
    "forward": lambda play, account, who, words: play.handset.forward(account, who, words or "Olha essa sala!"),
    "ad": lambda play, account, who, words: play.handset.come_from_ad(
        account, who, words or "Oi! Vi o anúncio de vocês.", AD
    ),
    "late": lambda play, account, who, words: play.handset.write(
        account, who, words or "Oi! Vocês fazem projeto de quarto?", at=play.platform.clock() - LATE_SECONDS
    ),
    "open": lambda play, account, who, words: play.handset.open_chat(account, who),
    "new_number": lambda play, account, who, words: play.happenings.change_number(
        account, who, new_number(), bsuid=_new_id() if who.bsuid else ""
    ),
    "new_id": lambda play, account, who, words: play.happenings.change_id(account, who, _new_id()),
    "stop": lambda play, account, who, words: play.happenings.change_consent(account, who, wants_marketing=False),
    "resume": lambda play, account, who, words: play.happenings.change_consent(account, who, wants_marketing=True),
    "app": lambda play, account, who, words: play.happenings.answer_from_app(
        account, who, words or "Oi! Aqui é a Ana, respondendo pelo celular."
    ),
}
TEMPLATE = "lembrete_visita"
#: What Meta can decide about the account, told to the product by webhook.
DECISIONS: dict[str, Callable[[Engine, MetaAccount], None]] = {
    "quality_red": lambda play, account: play.business.change_quality(account, "RED", limit="TIER_250"),
    "quality_green": lambda play, account: play.business.change_quality(account, "GREEN"),
    "restrict": lambda play, account: play.business.restrict(account),
    "lock": lambda play, account: play.business.lock(account),
    "unlock": lambda play, account: play.business.unlock(account),
    "pause": lambda play, account: play.business.pause(account, TEMPLATE),
    "reject": lambda play, account: play.business.reject(account, TEMPLATE),
    "approve": lambda play, account: play.business.approve(account, TEMPLATE),
}


@for_customer
async def do(request: HttpRequest, account: MetaAccount, play: Engine, customer: PhoneCustomer) -> HttpResponse:
    deed = DEEDS.get(request.POST.get("does", ""))
    if deed is None:
        return HttpResponseBadRequest()
    words = request.POST.get("words", "").strip()[:4096]
    await play.run(lambda: deed(play, account, customer, words))
    return done(request, customer)


@for_customer
async def delete(request: HttpRequest, account: MetaAccount, play: Engine, customer: PhoneCustomer) -> HttpResponse:
    """Take one of the customer's own messages back, for everyone."""
    wamid = request.POST.get("wamid", "")
    message = play.world.messages.get(wamid)
    if message is not None and message.is_mine and message.customer == customer.key:
        await play.run(lambda: play.happenings.delete(account, customer, wamid))
    return done(request, customer)


@for_customer
async def decide(request: HttpRequest, account: MetaAccount, play: Engine, customer: PhoneCustomer) -> HttpResponse:
    decision = DECISIONS.get(request.POST.get("decision", ""))
    if decision is not None:
        await play.run(lambda: decision(play, account))
    return done(request, customer)


def _new_id() -> str:
    return f"BR.{secrets.token_hex(8).upper()}"
