"""What every test shares: fake credentials, and no surprises from Hypothesis."""

import os

from hypothesis import HealthCheck, settings

# The SDK looks for credentials when a client is made; these open nothing.
os.environ.update(
    AWS_ACCESS_KEY_ID="testing",
    AWS_SECRET_ACCESS_KEY="testing",
    AWS_DEFAULT_REGION="eu-west-3",
    AWS_REGION="eu-west-3",
    POWERTOOLS_LOG_LEVEL="INFO",
)

# Time limits would fail on a busy machine, not on a wrong program.
settings.register_profile(
    "relance", deadline=None, suppress_health_check=[HealthCheck.too_slow], max_examples=60
)
settings.load_profile("relance")
