csoc outputs check "$FLEET"
csoc verify "$BUILD"
