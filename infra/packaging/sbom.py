"""What the zip is made of, for whoever looks for known weaknesses: CycloneDX, and reproducible.

https://cyclonedx.org/docs/1.6/json/
"""

from collections.abc import Mapping
from typing import Any

from infra.packaging.target import Target, project


def sbom(parts: Mapping[str, str], target: Target, digest: str) -> dict[str, Any]:
    """The list, for a zip of this SHA-256. No date and no serial number: the zip is its name."""
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {"component": _ours(target, digest)},
        "components": [_part(name, version) for name, version in sorted(parts.items())],
    }


def _ours(target: Target, digest: str) -> dict[str, Any]:
    ours = project()
    return {
        "type": "application",
        "bom-ref": "relance",
        "name": ours["name"],
        "version": ours["version"],
        "description": ours["description"],
        "hashes": [{"alg": "SHA-256", "content": digest}],
        "properties": [
            {"name": "relance:architecture", "value": target.architecture},
            {"name": "relance:runtime", "value": target.runtime},
        ],
    }


def _part(name: str, version: str) -> dict[str, Any]:
    address = f"pkg:pypi/{name}@{version}"
    return {
        "type": "library",
        "bom-ref": address,
        "name": name,
        "version": version,
        "purl": address,
    }
