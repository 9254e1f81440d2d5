for root in $(cat roots); do
  terraform -chdir="terraform/$root" init -input=false
  terraform -chdir="terraform/$root" plan -input=false -lock-timeout=5m -out=plan
  if [ "$ACTION" = apply ]; then
    terraform -chdir="terraform/$root" apply -input=false plan
  fi
done
