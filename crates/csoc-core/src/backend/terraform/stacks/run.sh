for root in $(cat roots); do
  terraform -chdir="terraform/$root" init -input=false
  # Who only plans reads no secret values, and the provider reads those that a root with databases wrote.
  refresh=true
  case "$ACTION/$root" in plan/*/data/*) refresh=false ;; esac
  terraform -chdir="terraform/$root" plan -input=false -lock-timeout=5m -refresh="$refresh" -out=plan
  if [ "$ACTION" = apply ]; then
    terraform -chdir="terraform/$root" apply -input=false plan
  fi
done
