"""What moto 5.2 lacks of the AWS that our roots need, as far as a resource is made, read, changed and removed with it.

An action that a service of moto lacks becomes a method of that service's responses; botocore writes the answer. Where
moto forgets what it is told, it is made to remember. Whole services are in moto_services.py.
"""

import collections
import json
import threading
import urllib.parse

SETTINGS = collections.defaultdict(dict)


def settings(self):
    """What is set in this account and region."""
    return SETTINGS[self.current_account, self.region]


def param(self, name, default=None):
    return self.querystring.get(name, [default])[0]


def switch(answer, name, off, *, key):
    """Three actions for one value of a region: set it, unset it, read it."""

    def enable(self):
        settings(self)[name] = param(self, key)
        return answer({key: settings(self)[name]})

    def disable(self):
        settings(self)[name] = off
        return answer({key: off})

    def get(self):
        return answer({key: settings(self).get(name, off)})

    return enable, disable, get


def volume_key(answer):
    """The key for volumes that name none."""

    def get(self):
        aws = f"arn:aws:kms:{self.region}:{self.current_account}:alias/aws/ebs"
        return answer({"KmsKeyId": settings(self).get("ebs-key", aws)})

    def modify(self):
        settings(self)["ebs-key"] = param(self, "KmsKeyId")
        return get(self)

    def reset(self):
        settings(self).pop("ebs-key", None)
        return get(self)

    return get, modify, reset


def metadata_defaults(answer):
    """What the metadata service of new machines is like."""
    names = ("HttpEndpoint", "HttpTokens", "HttpPutResponseHopLimit", "InstanceMetadataTags")

    def modify(self):
        defaults = settings(self).setdefault("metadata", {})
        for name in names:
            value = param(self, name, defaults.get(name))
            if value in (None, "no-preference", "-1"):
                defaults.pop(name, None)
            else:
                defaults[name] = value
        return answer({"Return": True})

    def get(self):
        level = dict(settings(self).get("metadata", {}))
        if "HttpPutResponseHopLimit" in level:
            level["HttpPutResponseHopLimit"] = int(level["HttpPutResponseHopLimit"])
        return answer({"AccountLevel": level})

    return modify, get


def ec2_actions(answer):
    """Defaults of a region, by the name of the action."""
    snapshots = switch(answer, "snapshots", "unblocked", key="State")
    images = switch(answer, "images", "unblocked", key="ImageBlockPublicAccessState")
    get_key, modify_key, reset_key = volume_key(answer)
    modify_metadata, get_metadata = metadata_defaults(answer)
    return {
        "enable_snapshot_block_public_access": snapshots[0],
        "disable_snapshot_block_public_access": snapshots[1],
        "get_snapshot_block_public_access_state": snapshots[2],
        "enable_image_block_public_access": images[0],
        "disable_image_block_public_access": images[1],
        "get_image_block_public_access_state": images[2],
        "get_ebs_default_kms_key_id": get_key,
        "modify_ebs_default_kms_key_id": modify_key,
        "reset_ebs_default_kms_key_id": reset_key,
        "modify_instance_metadata_defaults": modify_metadata,
        "get_instance_metadata_defaults": get_metadata,
    }


def queue_attributes(queue):
    """A queue's attributes, with who may use it as their dead-letter queue; setting others leaves its policy alone."""
    attributes, set_attributes = queue.attributes.fget, queue._set_attributes  # noqa: SLF001

    def read(self):
        found = {name: value for name, value in attributes(self).items() if value not in (None, "")}
        if "RedrivePolicy" in found:
            # As real AWS writes it; else a plan would change it for its spaces.
            found["RedrivePolicy"] = json.dumps(json.loads(found["RedrivePolicy"]), separators=(",", ":"))
        return found

    def write(self, given, now=None):
        policy = getattr(self, "policy", None)
        set_attributes(self, given, now)
        if "Policy" not in given:
            self.policy = policy

    queue.BASE_ATTRIBUTES = [*queue.BASE_ATTRIBUTES, "RedriveAllowPolicy"]
    queue.redrive_allow_policy = None
    queue.attributes = property(read)
    queue._set_attributes = write  # noqa: SLF001


def detector_features(detector):
    """Features of GuardDuty are switched one by one, and each leaves the others alone."""
    update = detector.update

    def merged(self, enable, frequency, sources, features):
        features = {one["name"]: one for one in [*self.features, *(features or [])]}
        update(self, enable, frequency, sources, list(features.values()))

    detector.update = merged


def template_tags(version):
    """A launch template has tags, and those for what is made of it; moto takes the first for such, too."""
    initialize = version.__init__

    def made(self, *given, **named):
        initialize(self, *given, **named)
        specifications = self.data.get("TagSpecifications", [])
        kept = [one for one in specifications if one.get("ResourceType") != "launch-template"]
        if kept:
            self.data["TagSpecifications"] = kept
        else:
            self.data.pop("TagSpecifications", None)

    version.__init__ = made


def trails_by_arn(backend):
    """A trail is started and stopped also by its ARN."""
    backend.start_logging = lambda self, name: self.get_trail(name).start_logging()
    backend.stop_logging = lambda self, name: self.get_trail(name).stop_logging()
    delete = backend.delete_trail
    backend.delete_trail = lambda self, name: delete(self, name.rpartition("/")[2])


def subscribers(self):
    """Who hears of a budget."""
    budget = self.backend.budgets[self._get_param("AccountId")][self._get_param("BudgetName")]
    wanted = self._get_param("Notification")
    found = [one for one in budget.notifications if all(one.details[name] == wanted[name] for name in wanted)]
    return json.dumps({"Subscribers": found[0].subscribers if found else []})


def tagged_budgets(responses):
    """A budget is made with its tags, and tells them."""
    create = responses.create_budget

    def create_with_tags(self):
        arn = f"arn:aws:budgets::{self.current_account}:budget/{self._get_param('Budget')['BudgetName']}"
        SETTINGS["budget-tags", arn] = self._get_param("ResourceTags") or []
        return create(self)

    responses.create_budget = create_with_tags
    responses.describe_subscribers_for_notification = subscribers
    responses.list_tags_for_resource = lambda self: json.dumps(
        {"ResourceTags": SETTINGS["budget-tags", self._get_param("ResourceARN")] or []}
    )


def account_policies():
    """Policies of CloudWatch Logs that hold for all groups of an account."""

    def put(self):
        names = ("policyName", "policyDocument", "policyType", "scope", "selectionCriteria")
        policy = {name: self._get_param(name) for name in names if self._get_param(name)}
        policy = {"scope": "ALL", "accountId": self.current_account} | policy
        settings(self).setdefault("log-policies", {})[policy["policyName"]] = policy
        return json.dumps({"accountPolicy": policy})

    def describe(self):
        found = settings(self).get("log-policies", {}).values()
        return json.dumps(
            {"accountPolicies": [one for one in found if one["policyType"] == self._get_param("policyType")]}
        )

    def delete(self):
        settings(self).get("log-policies", {}).pop(self._get_param("policyName"), None)
        return "{}"

    return {"put_account_policy": put, "describe_account_policies": describe, "delete_account_policy": delete}


def cluster_groups(backend, networks):
    """A cluster comes with a security group for its machines, in the network of its subnets, and takes it along."""
    create, delete = backend.create_cluster, backend.delete_cluster

    def create_with_group(self, name, role_arn, resources_vpc_config, *given, **named):
        network = networks[self.account_id][self.region_name]
        subnet = network.get_subnet(resources_vpc_config["subnetIds"][0])
        words = (f"eks-cluster-sg-{name}", f"of the cluster {name}")
        group = network.create_security_group(*words, subnet.vpc_id)
        told = {**resources_vpc_config, "clusterSecurityGroupId": group.id, "vpcId": subnet.vpc_id}
        return create(self, name, role_arn, told, *given, **named)

    def delete_with_group(self, name):
        cluster = delete(self, name)
        network = networks[self.account_id][self.region_name]
        network.delete_security_group(group_id=cluster.resources_vpc_config["clusterSecurityGroupId"])
        return cluster

    backend.create_cluster = create_with_group
    backend.delete_cluster = delete_with_group


def databases(cluster, instance):
    """Only clusters of the first serverless scale by such a configuration; instances know what watches them."""
    initialize, scales = instance.__init__, cluster.scaling_configuration_info.fget

    def made(self, *given, **named):
        initialize(self, *given, **named)
        self.performance_insights_enabled = named.get("enable_performance_insights", False)
        self.performance_insights_kms_key_id = named.get("performance_insights_kms_key_id")
        self.monitoring_interval = named.get("monitoring_interval", 0)
        self.monitoring_role_arn = named.get("monitoring_role_arn")

    instance.__init__ = made
    cluster.scaling_configuration_info = property(lambda self: scales(self) if self.scaling_configuration else None)


def rule_descriptions(rule):
    """A rule has a description whatever it lets in: addresses, or what has another security group."""

    def description(self):
        given = (self.ip_range, self.source_group)
        return next((one["Description"] for one in given if "Description" in one), None)

    rule.description = property(description)


def secrets_one_by_one(backend, exists):
    """Of two who write a version of one name at once only one does: a secret is changed by one at a time, and a version
    that has a value keeps it, also one that is pending."""
    lock = threading.RLock()
    put = backend.put_secret_value

    def put_once(self, **named):
        token = named["client_request_token"]
        if self._is_valid_identifier(named["secret_id"]):
            there = self.secrets[named["secret_id"]].versions.get(token, {}).get("secret_string")
            if there is not None and there != named["secret_string"]:
                message = f"You can't use ClientRequestToken {token}: it is in use."
                raise exists(message)
        return put(self, **named)

    backend.put_secret_value = put_once

    def alone(method):
        def locked(self, *given, **named):
            with lock:
                return method(self, *given, **named)

        return locked

    for name in ("create_secret", "put_secret_value", "update_secret_version_stage", "describe_secret"):
        setattr(backend, name, alone(getattr(backend, name)))


def backup_tags(responses):
    """Tags of vaults and plans, also where the address ends without a slash."""

    def list_tags(self):
        arn = urllib.parse.unquote(self.path.partition("/tags/")[2].rstrip("/"))
        return json.dumps({"Tags": self.backup_backend.list_tags(resource_arn=arn)})

    responses.list_tags = list_tags


def open_buckets(bucket, marker, result):
    """moto takes policies of buckets without their conditions, so that "no plain HTTP" would let in nobody; and it can
    remove the last version of what was deleted only if that is an object."""
    bucket.get_permission = lambda _, *__: result.NEUTRAL
    marker.dispose = lambda _, *__: None


def add():
    """Adds this to the services that moto has."""
    # Only the process that serves has moto loaded.
    from moto.backup.responses import BackupResponse  # noqa: PLC0415
    from moto.budgets.responses import BudgetsResponse  # noqa: PLC0415
    from moto.cloudtrail.models import CloudTrailBackend  # noqa: PLC0415
    from moto.core.responses import ActionResult  # noqa: PLC0415
    from moto.ec2.models import ec2_backends  # noqa: PLC0415
    from moto.ec2.models.launch_templates import LaunchTemplateVersion  # noqa: PLC0415
    from moto.ec2.models.security_groups import SecurityGroupRule  # noqa: PLC0415
    from moto.ec2.responses import EC2Response  # noqa: PLC0415
    from moto.eks.models import EKSBackend  # noqa: PLC0415
    from moto.guardduty.models import Detector  # noqa: PLC0415
    from moto.iam.access_control import PermissionResult  # noqa: PLC0415
    from moto.logs.responses import LogsResponse  # noqa: PLC0415
    from moto.rds.models import DBCluster, DBInstance  # noqa: PLC0415
    from moto.s3.models import FakeBucket, FakeDeleteMarker  # noqa: PLC0415
    from moto.secretsmanager.exceptions import ResourceExistsException  # noqa: PLC0415
    from moto.secretsmanager.models import SecretsManagerBackend  # noqa: PLC0415
    from moto.sqs.models import Queue  # noqa: PLC0415

    for name, action in ec2_actions(ActionResult).items():
        setattr(EC2Response, name, action)
    for name, action in account_policies().items():
        setattr(LogsResponse, name, action)
    tagged_budgets(BudgetsResponse)
    queue_attributes(Queue)
    open_buckets(FakeBucket, FakeDeleteMarker, PermissionResult)
    detector_features(Detector)
    template_tags(LaunchTemplateVersion)
    trails_by_arn(CloudTrailBackend)
    cluster_groups(EKSBackend, ec2_backends)
    rule_descriptions(SecurityGroupRule)
    databases(DBCluster, DBInstance)
    backup_tags(BackupResponse)
    secrets_one_by_one(SecretsManagerBackend, ResourceExistsException)
