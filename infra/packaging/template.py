"""The template of every stage: Chalice's own, merged with our resources, around our zip.

The steps of `chalice package`, but for the one that would download every part once more and
zip it without bytecode. JSON, because CloudFormation takes no YAML with anchors.
"""

from typing import Any

from chalice.cli.factory import CLIFactory
from chalice.config import Config
from chalice.deploy.appgraph import ApplicationGraphBuilder, DependencyBuilder
from chalice.deploy.deployer import (
    BaseDeployStep,
    BuildStage,
    InjectDefaults,
    PolicyGenerator,
    SwaggerBuilder,
)
from chalice.deploy.models import DeploymentPackage
from chalice.deploy.swagger import CFNSwaggerGenerator
from chalice.package import (
    ResourceBuilder,
    SAMTemplateGenerator,
    TemplateDeepMerger,
    TemplateMergePostProcessor,
    YAMLTemplateSerializer,
)
from chalice.policy import AppPolicyGenerator
from chalice.utils import OSUtils

from infra.packaging.target import HOUSE, Target, project

ZIP = "relance.zip"


class _OurZip(BaseDeployStep):
    """Stands where Chalice would make a zip of its own."""

    def handle_deploymentpackage(self, config: Config, resource: DeploymentPackage) -> None:  # noqa: ARG002  as Chalice calls it
        resource.filename = ZIP


def template_for(target: Target, digest: str) -> dict[str, Any]:
    """The template that deploys our zip, of this SHA-256, on the Python and the processor it was
    made for. The stack says which version runs: its list of parts has the same.

    Chalice tags the functions with a stage of its own: the stack's tags say which one it is.
    """
    template = merged()
    for resource in template["Resources"].values():
        if resource.get("Type") == "AWS::Serverless::Function":
            resource["Properties"] |= {
                "CodeUri": f"./{ZIP}",
                "Runtime": target.runtime,
                "Architectures": [target.architecture],
            }
            del resource["Properties"]["Tags"]
    says = {"Version": project()["version"], "PackageSha256": digest}
    template["Outputs"] |= {name: {"Value": value} for name, value in says.items()}
    return template


def merged() -> dict[str, Any]:
    """What Chalice writes, with `infra/resources.yaml` merged into it."""
    factory = CLIFactory(str(HOUSE))
    config = factory.create_config_obj()
    resources = ResourceBuilder(ApplicationGraphBuilder(), DependencyBuilder(), _build())
    written = SAMTemplateGenerator(config, factory.create_package_options()).generate(
        resources.construct_resources(config, config.chalice_stage)
    )
    TemplateMergePostProcessor(
        osutils=OSUtils(),
        merger=TemplateDeepMerger(),
        template_serializer=YAMLTemplateSerializer(),
        merge_template=str(HOUSE / "infra" / "resources.yaml"),
    ).process(written, config, "out", config.chalice_stage)
    content: dict[str, Any] = written
    return content


def _build() -> BuildStage:
    osutils = OSUtils()
    return BuildStage(
        steps=[
            InjectDefaults(),
            _OurZip(),
            PolicyGenerator(policy_gen=AppPolicyGenerator(osutils=osutils), osutils=osutils),
            SwaggerBuilder(swagger_generator=CFNSwaggerGenerator()),
        ]
    )
