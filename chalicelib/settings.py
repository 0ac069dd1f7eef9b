"""The environment, typed, read once. No secret is in it: those are read by name, later."""

import os
from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Settings:
    """What differs between deployments. The names are those of `infra/resources.yaml`."""

    stage: str
    desk: str
    public_url: str
    table_name: str
    serve_queue_url: str
    serve_dead_letters_url: str
    feedback_queue_url: str
    feedback_dead_letters_url: str
    night_queue_url: str
    night_dead_letters_url: str
    documents_bucket: str
    webhook_secrets_id: str
    link_keys_id: str
    session_keys_id: str
    address_key_id: str
    mail_from: str
    mail_reply_to: str
    mail_configuration_set: str
    sms_sender_id: str
    sms_configuration_set: str
    digest_to: str
    operators_pool_id: str
    operators_client_id: str
    index_shards: str
    audit_log_group: str


def read(environment: Mapping[str, str] = os.environ) -> Settings:
    """The settings of this process; an absent one is empty, and refused where it is used."""
    names = Settings.__dataclass_fields__
    return Settings(**{name: environment.get(name.upper(), "") for name in names})


def handler(environment: Mapping[str, str] = os.environ) -> str:
    """Which handler Lambda runs here, as `app.serve_dossier`; empty where it is not Lambda.

    https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html#configuration-envvars-runtime
    """
    return environment.get("_HANDLER", "")
