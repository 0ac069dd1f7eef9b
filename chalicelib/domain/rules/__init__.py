"""What is owed because of which fact, from when, until when: the table and its words."""

from chalicelib.domain.rules.case import Anchor, Case
from chalicelib.domain.rules.rule import Rule, Series
from chalicelib.domain.rules.table import RULES, kinds_where, rule_of

__all__ = ["RULES", "Anchor", "Case", "Rule", "Series", "kinds_where", "rule_of"]
