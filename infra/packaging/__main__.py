"""Makes the package: `ARCH=arm64 LAMBDA_PYTHON=3.13 python -m infra.packaging`."""

import hashlib
import json
import os
import sys
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from infra.packaging import archive, contents, requirements, services
from infra.packaging.sbom import sbom
from infra.packaging.target import HOUSE, CannotPackage, Target, target
from infra.packaging.template import ZIP, template_for

OUT = HOUSE / "out" / "package"


def make_zip(wanted: Target, aim: Path) -> Mapping[str, str]:
    """Make the zip; each part of it and its version. Raises CannotPackage."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        parts = requirements.install(wanted, folder)
        contents.clear(folder)
        services.trim(folder, services.services_used())
        contents.add_ours(folder)
        contents.compile_all(folder, wanted)
        archive.write(folder, aim)
    return parts


def make(wanted: Target, out: Path = OUT) -> None:
    """Make the zip, its template and its list of parts. Raises CannotPackage."""
    out.mkdir(parents=True, exist_ok=True)
    parts = make_zip(wanted, out / ZIP)
    digest = hashlib.sha256((out / ZIP).read_bytes()).hexdigest()
    _write(out / "sbom.json", sbom(parts, wanted, digest))
    _write(out / "template.json", template_for(wanted, digest))
    size = (out / ZIP).stat().st_size / 1024**2
    sys.stdout.write(
        f"{out / ZIP}: {wanted.architecture}, {wanted.runtime},"
        f" {len(parts)} parts, {size:.1f} MiB, sha256 {digest}\n"
    )


def _write(path: Path, content: Mapping[str, Any]) -> None:
    path.write_text(json.dumps(content, indent=2, ensure_ascii=False) + "\n", "utf-8")


def main() -> int:
    """Make what the environment asks for; 1 and a line that says why if it cannot be made."""
    try:
        make(target(os.environ))
    except CannotPackage as error:
        sys.stderr.write(f"No package: {error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
