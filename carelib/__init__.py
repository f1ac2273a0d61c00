"""Care for pupils with special needs: read, reconcile, check, report, review."""
