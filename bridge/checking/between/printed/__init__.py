"""What one gain over all stems leaves in them, and in their sum."""
