test -d "$GITOPS/.git" || git clone -q {repository} "$GITOPS"
cd "$GITOPS" && git fetch -q origin &&
  { git switch -q {revision} && git merge -q --ff-only {upstream} || git switch -q --orphan {revision}; } &&
  csoc render "$FLEET" --out "$BUILD" --gitops "$PWD"{path} && cd "$GITOPS"{path} &&
  { git show HEAD:./manifest.json 2>/dev/null; cat manifest.json; } |
    sed -n 's/^ *"\([^"]*\)": {"sha256".*/\1/p' | git update-index --add --remove --stdin &&
  git update-index --add manifest.json &&
  { git diff --cached --quiet || git commit -q -m 'what the fleet renders'; } && git push -q origin {head}
