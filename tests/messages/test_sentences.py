"""A name within a French sentence."""

import pytest

from chalicelib.messages.sentences import au, begins, du


@pytest.mark.parametrize(
    ("name", "after_a", "after_de", "first"),
    [
        ("le guichet", "au guichet", "du guichet", "Le guichet"),
        ("les bureaux", "aux bureaux", "des bureaux", "Les bureaux"),
        ("la mairie", "à la mairie", "de la mairie", "La mairie"),
        ("l’accueil", "à l’accueil", "de l’accueil", "L’accueil"),
        ("Lesage", "à Lesage", "de Lesage", "Lesage"),
    ],
)
def test_an_article_joins_the_preposition_before_it(
    name: str, after_a: str, after_de: str, first: str
) -> None:
    assert (au(name), du(name), begins(name)) == (after_a, after_de, first)
