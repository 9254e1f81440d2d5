terraform init -input=false
terraform plan -input=false -out plan
