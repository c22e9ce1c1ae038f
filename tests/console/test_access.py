"""Who gets what: every route × two tenants × four roles. A route without a rule here fails."""

import pytest
from django.test import Client
from django.urls import URLPattern

from apps.console import urls
from apps.tenants import models
from tests.console.conftest import last_message
from tests.handoff.cast import ask_for_person

#: Route name → what the four roles get for Ana's conversation: holder, colleague, supervisor, next door.
#: A page is asked with GET, a form is posted with nothing useful in it.
RULES: dict[str, tuple[str, int, int, int, int]] = {
    "index": ("GET", 200, 200, 200, 200),
    "conversation": ("GET", 200, 404, 200, 404),
    "messages": ("GET", 200, 404, 200, 404),
    "read": ("POST", 204, 404, 204, 404),
    "draft": ("POST", 204, 404, 204, 404),
    "take": ("POST", 302, 404, 302, 404),
    "replies": ("POST", 302, 404, 403, 404),
    "compose": ("GET", 200, 404, 403, 404),
    "templates": ("GET", 200, 404, 200, 404),
    # The key names no template that there is; see test_templates.
    "template": ("GET", 404, 404, 404, 404),
    "react": ("POST", 302, 404, 403, 404),
    "fetch_again": ("POST", 302, 404, 302, 404),
    "notes": ("POST", 302, 404, 302, 404),
    "transfer": ("GET", 200, 404, 403, 404),
    "close": ("GET", 200, 404, 403, 404),
    "return": ("POST", 302, 404, 403, 404),
    "tags": ("POST", 302, 404, 302, 404),
    "resend": ("POST", 302, 404, 403, 404),
    "timeline": ("GET", 200, 404, 200, 404),
    # Of customers that the pane does not offer; see test_identities.
    "merge": ("GET", 404, 404, 404, 404),
    "keep_apart": ("POST", 404, 404, 404, 404),
    "part": ("GET", 404, 404, 404, 404),
    "media": ("GET", 404, 404, 404, 404),
    "explain": ("GET", 200, 200, 200, 200),
    "board": ("GET", 403, 403, 200, 200),
    "presence": ("POST", 400, 400, 400, 400),
    "updates": ("GET", 200, 200, 200, 200),
}


def routes() -> list[str]:
    return [pattern.name for pattern in urls.urlpatterns if isinstance(pattern, URLPattern) and pattern.name]


def address(name: str, conversation_id: str, message_id: str) -> str:
    route = next(str(p.pattern) for p in urls.urlpatterns if isinstance(p, URLPattern) and p.name == name)
    route = route.replace("<str:what>", "place").replace("<path:key>", "nenhum")
    return "/console/" + route.replace("<str:conversation_id>", conversation_id).replace("<str:message_id>", message_id)


def test_every_route_has_a_rule():
    assert set(routes()) == set(RULES)


@pytest.mark.parametrize("name", RULES)
@pytest.mark.parametrize("role", ["holder", "colleague", "supervisor", "next_door"])
def test_each_role_gets_what_is_theirs(name, role, signed_in, ana, bruno, sofia, vera, held_by_ana):
    who = {"holder": ana, "colleague": bruno, "supervisor": sofia, "next_door": vera}[role]
    method, *expected = RULES[name]
    message_id = last_message(held_by_ana).id

    client = signed_in(who)
    asked = client.get if method == "GET" else client.post
    body = {} if method == "GET" else {"text": "x"}
    response = asked(address(name, held_by_ana, message_id), body)

    assert response.status_code == expected[["holder", "colleague", "supervisor", "next_door"].index(role)]
    if role in ("colleague", "next_door"):
        assert "Carla" not in response.content.decode()


@pytest.mark.parametrize("name", RULES)
def test_a_stranger_is_sent_to_the_login(name, waiting):
    response = Client().get(address(name, waiting, waiting))

    assert response.status_code == 302
    assert response["Location"].startswith("/console/login/?next=")


@pytest.mark.parametrize("bad", ["x", "0" * 24, "f" * 24, "%00", "../../etc", "{'$ne': 1}"])
def test_ids_that_are_none_do_not_exist(signed_in, ana, bad):
    for name in ("conversation", "timeline", "media", "messages"):
        assert signed_in(ana).get(address(name, bad, bad)).status_code == 404


def test_a_login_that_does_not_attend_does_not_come_in(queue):
    user = models.User.objects.create_user("zelia", password="zelia", tenant=queue.tenant)
    client = Client()
    client.force_login(user, "django.contrib.auth.backends.ModelBackend")

    assert client.get("/console/").status_code == 403


def test_the_queue_of_another_team_is_not_listed(signed_in, ana, vera):
    ask_for_person("Zuleica", phone="5583977776666", tenant_id="vizinha")

    assert "Zuleica" not in signed_in(ana).get("/console/").content.decode()
    assert "Zuleica" in signed_in(vera).get("/console/").content.decode()
