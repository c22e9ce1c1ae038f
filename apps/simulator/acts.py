"""What the page's forms do: each is one act of a customer, or a switch of the stand-in."""

from pathlib import Path

from django.contrib.staticfiles import finders
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from apps.simulator.engine import Engine
from apps.simulator.meta.account import MetaAccount
from apps.simulator.meta.media import StoredFile, new_media_id
from apps.simulator.phone.cast import PLACE, invented, new_number
from apps.simulator.phone.changes import FaultsChanged, PhoneCustomer, TrafficCleared
from apps.simulator.views import done, for_customer, stage

#: What a tap on a kind of file sends when none was chosen.
SAMPLES = {
    "image": ("ambiente.jpg", "image/jpeg"),
    "audio": ("recado.ogg", "audio/ogg; codecs=opus"),
    "document": ("planta.pdf", "application/pdf"),
    "sticker": ("casinha.webp", "image/webp"),
    "video": ("obra.mp4", "video/mp4"),
}
#: Kinds that a browser may show in place; anything else is downloaded.
SHOWN_TYPES = (
    "image/jpeg",
    "image/png",
    "image/webp",
    "audio/ogg",
    "audio/mpeg",
    "audio/mp4",
    "audio/aac",
    "video/mp4",
)
#: What the page offers for the next send.
OFFERED_FAULTS = frozenset(
    ("130429", "131056", "500", "500_after", "131047", "131047_later", "131026_later", "131049_later", "190")
) | {"timeout", "timeout_after"}
OFFERED_STATUSES = ("lost", "late", "reordered", "doubled")
LONGEST_TEXT = 4096
SLOW_SECONDS = 3


@for_customer
async def write(request: HttpRequest, account: MetaAccount, play: Engine, customer: PhoneCustomer) -> HttpResponse:
    text = request.POST.get("text", "").strip()[:LONGEST_TEXT]
    quoted, edited = request.POST.get("quoted", ""), request.POST.get("edited", "")
    known = play.world.messages.get(edited)
    if text and known is not None and known.is_mine and known.customer == customer.key:
        await play.run(lambda: play.happenings.edit(account, customer, edited, text))
    elif text and request.POST.get("as") == "burst":
        await play.run(lambda: play.handset.burst(account, customer, text))
    elif text:
        await play.run(lambda: play.handset.write(account, customer, text, quoted=quoted))
    return done(request, customer)


@for_customer
async def send_file(request: HttpRequest, account: MetaAccount, play: Engine, customer: PhoneCustomer) -> HttpResponse:
    caption = request.POST.get("caption", "").strip()[:1024]
    chosen = request.FILES.get("file")
    if chosen is not None:
        file = StoredFile(new_media_id(), chosen.content_type or "", chosen.read(), Path(chosen.name or "").name)
    else:
        file = _sample(request.POST.get("sample", ""))
    is_voice = file.mime_type.startswith("audio/ogg")
    await play.run(lambda: play.handset.send_file(account, customer, file, caption=caption, voice=is_voice))
    return done(request, customer)


@for_customer
async def send_place(request: HttpRequest, account: MetaAccount, play: Engine, customer: PhoneCustomer) -> HttpResponse:
    latitude, longitude, name, address = PLACE
    await play.run(
        lambda: play.handset.send_place(
            account, customer, latitude=latitude, longitude=longitude, name=name, address=address
        )
    )
    return done(request, customer)


@for_customer
async def choose(request: HttpRequest, account: MetaAccount, play: Engine, customer: PhoneCustomer) -> HttpResponse:
    wamid, choice = request.POST.get("wamid", ""), request.POST.get("choice", "")
    await play.run(lambda: play.handset.choose(account, customer, wamid, choice))
    return done(request, customer)


@for_customer
async def react(request: HttpRequest, account: MetaAccount, play: Engine, customer: PhoneCustomer) -> HttpResponse:
    wamid, emoji = request.POST.get("wamid", ""), request.POST.get("emoji", "")[:8]
    if wamid in play.world.messages:
        await play.run(lambda: play.handset.react(account, customer, wamid, emoji))
    return done(request, customer)


@for_customer
async def repeat(request: HttpRequest, account: MetaAccount, play: Engine, customer: PhoneCustomer) -> HttpResponse:
    """Post the last webhook again, as Meta does when it did not hear our 200."""
    await play.run(lambda: play.handset.repeat(account, customer, note="repeated"))
    return done(request, customer)


@for_customer
async def close_window(
    request: HttpRequest, account: MetaAccount, play: Engine, customer: PhoneCustomer
) -> HttpResponse:
    await play.run(lambda: play.handset.close_window(customer))
    return done(request, customer)


@for_customer
async def set_faults(request: HttpRequest, account: MetaAccount, play: Engine, customer: PhoneCustomer) -> HttpResponse:
    wanted, statuses = request.POST.get("next_send", ""), request.POST.get("statuses", "")
    faults = play.world.faults.model_copy(
        update={
            "next_send": wanted if wanted in OFFERED_FAULTS else "",
            "statuses": statuses if statuses in OFFERED_STATUSES else "",
            "slow_seconds": SLOW_SECONDS if "slow" in request.POST else 0,
            "confirms": "confirms" in request.POST,
        }
    )
    await play.run(lambda: play.world.record(FaultsChanged(faults=faults)))
    return done(request, customer)


@for_customer
async def clear_traffic(
    request: HttpRequest, account: MetaAccount, play: Engine, customer: PhoneCustomer
) -> HttpResponse:
    await play.run(lambda: play.world.record(TrafficCleared()))
    return done(request, customer)


@require_POST
async def invent(request: HttpRequest) -> HttpResponse:
    """Make up a customer and hand over their phone."""
    found = await stage()
    name = request.POST.get("name", "").strip()[:80]
    if found is None or not name:
        return redirect("simulator:phone")
    number = request.POST.get("phone", "").strip() or new_number()
    phone = "" if request.POST.get("identity") == "bsuid" else number
    customer = invented(name, phone=phone, has_bsuid=request.POST.get("identity") == "both")
    await found[1].run(lambda: found[1].handset.join(customer))
    return redirect(f"{reverse('simulator:phone')}?customer={customer.key}")


@require_GET
async def media(request: HttpRequest, media_id: str) -> HttpResponse:
    """A file as the phone shows it; never one that a browser could run."""
    found = await stage()
    file = found[1].platform.shelf.get(media_id) if found else None
    if file is None:
        raise Http404
    plain = file.mime_type.partition(";")[0]
    is_shown = plain in SHOWN_TYPES
    headers = {"X-Content-Type-Options": "nosniff", "Content-Disposition": "inline" if is_shown else "attachment"}
    return HttpResponse(file.content, content_type=plain if is_shown else "application/octet-stream", headers=headers)


def _sample(kind: str) -> StoredFile:
    name, mime_type = SAMPLES.get(kind, SAMPLES["image"])
    path = finders.find(f"simulator/samples/{name}")
    if not isinstance(path, str):
        raise Http404
    return StoredFile(new_media_id(), mime_type, Path(path).read_bytes(), name)
