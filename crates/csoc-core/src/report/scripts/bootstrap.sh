printf 'terraform {\n  backend "local" {}\n}\n' > first_override.tf
terraform init -input=false
terraform plan -input=false -out plan
terraform apply -input=false plan
rm first_override.tf
terraform init -input=false -migrate-state -force-copy
rm -f plan terraform.tfstate terraform.tfstate.backup
