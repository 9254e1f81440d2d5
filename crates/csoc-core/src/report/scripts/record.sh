terraform output -json | csoc outputs record "$STACK" "$FLEET" --from -
csoc render "$FLEET" --out "$BUILD"
