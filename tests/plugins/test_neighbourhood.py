"""The neighbourhood that a customer speaks of."""

import pytest
from pydantic import ValidationError

from apps.plugins.builtin.neighbourhood import NeighbourhoodEnricher, NeighbourhoodSettings
from tests.words import says


def found(text: str, **settings: object) -> dict[str, str]:
    return NeighbourhoodEnricher().enrich(says(text), NeighbourhoodSettings(**settings))


@pytest.mark.parametrize(
    ("text", "neighbourhood"),
    [
        ("Moro no Catolé", "Catolé"),
        ("fica no jose pinheiro, perto da feira", "José Pinheiro"),
        ("é no bairro da Prata", "Prata"),
        ("meu apto é na prata", "Prata"),
        ("BODOCONGÓ", "Bodocongó"),
        ("moro no Novo Bodocongó", "Novo Bodocongó"),
        ("estou em campina, no centro", "Centro"),
    ],
)
def test_a_neighbourhood_is_recognised_as_people_write_it(text, neighbourhood):
    assert found(text) == {"bairro": neighbourhood, "cidade": "Campina Grande"}


@pytest.mark.parametrize("text", ["quero a parede cor prata", "custa quarenta reais?", "Oi", "", "centro de mesa"])
def test_a_common_word_is_not_taken_for_a_neighbourhood(text):
    assert found(text) == {}


def test_another_city_brings_its_own_list():
    assert found("moro em Manaíra", city="João Pessoa", neighbourhoods=("Manaíra",)) == {
        "bairro": "Manaíra",
        "cidade": "João Pessoa",
    }
    assert found("moro no Catolé", city="João Pessoa", neighbourhoods=("Manaíra",)) == {}


def test_an_empty_name_is_refused():
    with pytest.raises(ValidationError):
        NeighbourhoodSettings(neighbourhoods=("*",))
