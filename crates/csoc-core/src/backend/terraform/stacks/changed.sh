case "$BASE" in
  "" | 0000*) BASE=$(git hash-object -t tree /dev/null) ;;
esac
git diff --name-only "$BASE" HEAD -- terraform > changed
jq -r '.stacks[]
  | select(.status == "ready")
  | select(.run_by == "pipelines")
  | .path' terraform/stacks.json > ready
while read -r root; do
  if grep -q "^terraform/$root/" changed; then echo "$root"; fi
done < ready > roots
cat roots
