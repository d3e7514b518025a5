"""The subcommands of `claimclf`, one file each: `add` declares its options, and its `run` gives the exit code."""
