# The commons demo.
vpc_name           = "demo"
aws_region         = "us-east-2"
vpc_cidr_block     = "10.20.0.0/20"
availability_zones = ["us-east-2a", "us-east-2b", "us-east-2c"]
users_policy       = "demo"
eks_version        = "1.32"

hostname       = "demo.example.org"
revproxy_arn   = "arn:aws:acm:us-east-2:111122223333:certificate/0a1b2c3d-0a1b-0a1b-0a1b-0a1b2c3d4e5f"
dictionary_url = "https://s3.amazonaws.com/dictionary-artifacts/demo/1.0.0/schema.json"
indexd_prefix  = "dg.DEMO/"
namespace      = "demo-helm"

deploy_aurora          = true
cluster_engine_version = "16"
deploy_es              = true
es_version             = "7.10"
deploy_waf             = true

guppy_enabled       = true
pidgin_enabled      = true
requestor_enabled   = false
aws-es-proxy_enabled = true
public_datasets     = true
tier_access_level   = "regular"
tier_access_limit   = 50
usersync_schedule   = "*/20 * * * *"

db_password_fence    = "MUST-NOT-BE-SHOWN-1"
google_client_secret = "MUST-NOT-BE-SHOWN-2"
hmac_encryption_key  = ""
kube_ssh_key         = "ssh-rsa AAAAexample"
bootstrap_script     = "export TOKEN=ghp_MUSTNOTBESHOWN3"
made_up              = "nothing declares it"
squid_instances      = 2
ha_squid_single_instance = true
