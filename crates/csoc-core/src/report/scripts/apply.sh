terraform apply -input=false plan
